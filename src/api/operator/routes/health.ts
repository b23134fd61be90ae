/** Whether messages come in and go out, and for admins the settings. */

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { BotError } from '../../../domain/bot-error.ts';
import { seesPage } from '../../../domain/operator.ts';
import { VERSION } from '../../../domain/version.ts';
import type { PageBacklog } from '../../../store/inbox/index.ts';
import type { OpenBreaker } from '../../../store/page-circuit-breaker.ts';
import type { RetentionKind } from '../../../store/retention.ts';
import type { PageSubscriptionFacts } from '../../subscription-watch.ts';
import { callerOf, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { problems } from '../schemas/common.ts';
import { healthView, settingsView, type PageHealth, type SettingsView } from '../schemas/health.ts';
import { isoTimeOrNull } from '../views/conversation.ts';

const tags = ['administration'];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Health and settings. */
export const healthRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, deps) => {
  const { store, runs, pages, settings } = deps;

  app.get(
    '/health',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'readHealth',
        summary: 'Read whether messages come in and go out: store, Temporal, workers, and each of your Pages.',
        description: 'Waits up to two seconds for Temporal.',
        tags,
        response: { 200: healthView, ...problems },
      },
    },
    async (request) => {
      const { operator } = callerOf(request);
      const [storeState, hasWorker, breakers, backlogs] = await Promise.all([
        store.ping().then(() => 'ok' as const, stateOfStore),
        runs.hasWorker(),
        store.circuitBreakers.listOpen(),
        store.inbox.pageBacklogs(),
      ]);
      const ids = [...new Set([...(pages?.ids() ?? []), ...breakers.keys(), ...backlogs.keys()])];
      return {
        store: storeState,
        temporal: hasWorker === undefined ? ('away' as const) : ('ok' as const),
        worker: hasWorker === undefined ? ('unknown' as const) : hasWorker ? ('ok' as const) : ('away' as const),
        pages: ids
          .filter((id) => seesPage(operator, id))
          .toSorted()
          .map((id) => toPageHealth(id, breakers.get(id), pages?.findSubscription(id), backlogs.get(id))),
      };
    },
  );

  app.get(
    '/settings',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'readSettings',
        summary: 'Read the settings that are no secrets: retention, encryption, version.',
        tags,
        response: { 200: settingsView, ...problems },
      },
    },
    async () => {
      const { silentAfterHumanMs } = (await store.botFacts.find()) ?? {};
      return {
        version: VERSION,
        isEncrypted: store.encryption.isOn,
        retentionDays: toDays(settings.retention),
        silentAfterHumanMinutes: silentAfterHumanMs === undefined ? null : silentAfterHumanMs / MINUTE_MS,
        unansweredAfterMinutes: settings.unansweredAfterMs / MINUTE_MS,
      };
    },
  );
};

function stateOfStore(error: unknown): 'cannot_write' | 'damaged' | 'replaced' {
  const { code } = error as Partial<BotError>;
  if (code === 'store_damaged') return 'damaged';
  return code === 'store_replaced' ? 'replaced' : 'cannot_write';
}

function toPageHealth(
  id: string,
  breaker: OpenBreaker | undefined,
  subscription: PageSubscriptionFacts | undefined,
  backlog: PageBacklog | undefined,
): PageHealth {
  return {
    id,
    circuitBreaker: {
      state: breaker === undefined ? 'closed' : Date.now() < breaker.probeAt ? 'open' : 'half_open',
      reason: breaker?.reason ?? null,
      code: breaker?.code ?? null,
      since: isoTimeOrNull(breaker?.since),
      probeAt: isoTimeOrNull(breaker?.probeAt),
    },
    subscription: {
      status: statusOfSubscription(subscription),
      missing: [...(subscription?.missing ?? [])],
      checkedAt: isoTimeOrNull(subscription?.checkedAt),
    },
    token: toTokenHealth(breaker, subscription),
    lastEventAt: isoTimeOrNull(backlog?.lastReceivedAt),
    pending: { events: backlog?.pending ?? 0, oldestAt: isoTimeOrNull(backlog?.oldestPendingAt) },
    deadEvents: backlog?.dead ?? 0,
  };
}

function statusOfSubscription({
  isSubscribed,
  missing = [],
}: Partial<PageSubscriptionFacts> = {}): PageHealth['subscription']['status'] {
  if (isSubscribed === undefined) return 'unknown';
  if (!isSubscribed) return 'removed';
  return missing.length > 0 ? 'incomplete' : 'complete';
}

/** A send that Meta refused because of the token says more than an older check. */
function toTokenHealth(
  breaker: OpenBreaker | undefined,
  { isTokenValid, checkedAt }: Partial<PageSubscriptionFacts> = {},
): PageHealth['token'] {
  if (breaker?.reason === 'token_invalid' && breaker.since > (checkedAt ?? 0))
    return { status: 'refused', checkedAt: isoTimeOrNull(breaker.since) };
  if (isTokenValid === undefined) return { status: 'unknown', checkedAt: isoTimeOrNull(checkedAt) };
  return { status: isTokenValid ? 'accepted' : 'refused', checkedAt: isoTimeOrNull(checkedAt) };
}

function toDays(periods: OperatorDeps['settings']['retention']): SettingsView['retentionDays'] {
  const days = (kind: RetentionKind) => {
    const ms = periods[kind];
    return ms === undefined ? null : ms / DAY_MS;
  };
  return {
    rawBodies: days('rawBodies'),
    events: days('events'),
    transcript: days('transcript'),
    leads: days('leads'),
    notes: days('notes'),
    states: days('states'),
    numbers: days('numbers'),
    operatorLog: days('operatorLog'),
  };
}
