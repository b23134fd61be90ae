/** Broadcasts: which the bot has, whom they would reach, start, progress, stop. All of it is about all Pages. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { dryRun } from '../../../broadcasts/dry-run.ts';
import { findBroadcast } from '../../../broadcasts/known-bot.ts';
import { FIRST_EDITION, type BroadcastRun } from '../../../broadcasts/runs.ts';
import { nextStart } from '../../../broadcasts/schedules.ts';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import type { KnownBroadcast } from '../../../store/bot-facts.ts';
import type { Store } from '../../../store/index.ts';
import { requireAllPages, requireRole } from '../access/caller.ts';
import type { BotRuns } from '../bot-runs.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import {
  broadcastBody,
  broadcastChange,
  broadcastList,
  broadcastPath,
  broadcastView,
  dryRunView,
} from '../schemas/broadcasts.ts';
import { problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { isoTime, isoTimeOrNull, nameOf } from '../views/conversation.ts';
import { requestKeyOf } from '../writes.ts';

const tags = ['broadcasts'];
/** A large store takes minutes to count; a person at a browser does not wait so long. */
const DRY_RUN_MS = 10_000;

/** Broadcasts. */
export const broadcastRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, clock, policy, runs }) => {
  app.get(
    '/broadcasts',
    {
      preValidation: [requireRole('viewer'), requireAllPages],
      schema: {
        operationId: 'listBroadcasts',
        summary: 'List the broadcasts of the bot, each with its latest run.',
        tags,
        response: { 200: broadcastList, ...problems },
      },
    },
    async () => {
      const { broadcasts = [] } = (await store.botFacts.find()) ?? {};
      return { items: await Promise.all(broadcasts.map((broadcast) => summaryView(runs, broadcast))) };
    },
  );

  app.get(
    '/broadcasts/:name',
    {
      preValidation: [requireRole('viewer'), requireAllPages],
      schema: {
        operationId: 'getBroadcast',
        summary: 'Read how far the latest run of a broadcast is.',
        tags,
        params: broadcastPath,
        response: { 200: broadcastView, ...problems },
      },
    },
    async (request) => {
      const broadcast = await requireBroadcast(store, request.params.name);
      const summary = await summaryView(runs, broadcast);
      const tally = summary.status === 'running' ? await runs.broadcastTally(broadcast.name) : undefined;
      return {
        ...summary,
        tally: tally ? { begun: tally.begun, leftOut: { ...tally.leftOut } } : null,
      };
    },
  );

  const write = { preValidation: [requireRole('admin'), requireAllPages] };

  app.post(
    '/broadcasts/:name/dry-run',
    {
      ...write,
      config: { isNoWrite: true },
      schema: {
        operationId: 'dryRunBroadcast',
        summary: 'Count the people whom a broadcast would reach now, and the reasons for the others; nothing is sent.',
        tags,
        params: broadcastPath,
        body: broadcastBody,
        response: { 200: dryRunView, ...writeProblems },
      },
    },
    async (request) => {
      const broadcast = await requireBroadcast(store, request.params.name);
      const { edition = FIRST_EDITION } = request.body ?? {};
      const counted = await dryRun({ store, clock, ...policy }, broadcast, { edition, withinMs: DRY_RUN_MS });
      const { begun, leftOut, examples, isPartial = false } = counted;
      const named = Object.entries(examples).map(async ([reason, people]) => ({
        reason,
        people: await Promise.all(people.map((conversation) => withName(store, conversation))),
      }));
      return {
        edition,
        begun,
        leftOut: { ...leftOut },
        examples: await Promise.all(named),
        isComplete: !isPartial,
      };
    },
  );

  app.post(
    '/broadcasts/:name/start',
    {
      ...write,
      config: { isRepeatable: true },
      schema: {
        operationId: 'startBroadcast',
        summary: 'Start a broadcast.',
        tags,
        params: broadcastPath,
        headers: writeHeaders,
        body: broadcastBody,
        response: { 200: broadcastChange, ...writeProblems },
      },
    },
    async (request) => {
      const { name } = await requireBroadcast(store, request.params.name);
      const { edition = FIRST_EDITION } = request.body ?? {};
      await runs.startBroadcast({ name, edition }, requestKeyOf(request));
      return { status: 'started' as const, edition };
    },
  );

  app.post(
    '/broadcasts/:name/stop',
    {
      ...write,
      config: { isRepeatable: true },
      schema: {
        operationId: 'stopBroadcast',
        summary: 'Stop a broadcast: those with whom it has begun continue.',
        tags,
        params: broadcastPath,
        headers: writeHeaders,
        response: { 200: broadcastChange, ...writeProblems },
      },
    },
    async (request) => {
      // Also one that the bot no longer has: its run waits for a worker that has it.
      await runs.stopBroadcast(request.params.name);
      return { status: 'stopping' as const, edition: null };
    },
  );

  const changeOfSchedule = (operationId: string, summary: string) => ({
    ...write,
    config: { isRepeatable: true },
    schema: {
      operationId,
      summary,
      tags,
      params: broadcastPath,
      headers: writeHeaders,
      response: { 200: broadcastChange, ...writeProblems },
    },
  });

  app.post(
    '/broadcasts/:name/pause',
    changeOfSchedule('pauseBroadcast', 'Pause the schedule of a broadcast: it does not start by itself.'),
    async (request) => {
      // Also one that the bot no longer has: an older deploy may.
      await runs.setPaused(request.params.name, true);
      return { status: 'paused' as const, edition: null };
    },
  );

  app.post(
    '/broadcasts/:name/resume',
    changeOfSchedule('resumeBroadcast', 'Resume the schedule of a broadcast: it starts by itself again.'),
    async (request) => {
      await runs.setPaused(request.params.name, false);
      return { status: 'resumed' as const, edition: null };
    },
  );
};

async function summaryView(runs: BotRuns, broadcast: KnownBroadcast) {
  const { name, perSecond } = broadcast;
  const [run, schedule] = await Promise.all([runs.findBroadcast(name), scheduleView(runs, broadcast)]);
  return { name, segment: segmentView(broadcast), perSecond, schedule, ...runFields(run) };
}

function segmentView({ query }: KnownBroadcast) {
  const { all = [], any = [], none = [], activeWithinMs = null, leftLead = null } = query;
  return { all: [...all], any: [...any], none: [...none], activeWithinMs, leftLead };
}

async function scheduleView({ findSchedule }: Pick<BotRuns, 'findSchedule'>, { name, every }: KnownBroadcast) {
  if (!every) return null;
  const found = await findSchedule(name);
  const { when, timeZone, nextAt } = nextStart(every, Date.now());
  const status = found?.isPaused ? 'paused' : found ? 'active' : 'missing';
  return { when, timeZone, nextAt: isoTime(nextAt), status } as const;
}

/** @throws `Problem` or `BotError` with `broadcast_unknown`. */
async function requireBroadcast({ botFacts }: Pick<Store, 'botFacts'>, name: string): Promise<KnownBroadcast> {
  const bot = await botFacts.find();
  if (bot) return findBroadcast(bot, name);
  throw new Problem('broadcast_unknown', {
    detail: 'No worker has run on this store, so that nobody knows which broadcasts the bot has.',
  });
}

function runFields(run: BroadcastRun | undefined) {
  return {
    status: run?.status ?? ('never' as const),
    edition: run?.edition ?? null,
    startedAt: isoTimeOrNull(run?.startedAt.getTime()),
    result: run?.result ?? null,
  };
}

async function withName({ contacts }: Pick<Store, 'contacts'>, conversation: ConversationId) {
  return { conversation, name: nameOf((await contacts.find(conversation)) ?? {}) };
}
