import { log } from '@temporalio/workflow';
import { wakeUpId } from '../../domain/cause.ts';
import { MAX_TAGS } from '../../domain/tags.ts';
import type { Topic } from '../../domain/topic.ts';
import { markSeen, react, typingOn, unreact, type SenderAction } from '../../messenger/outbound/sender-action.ts';
import { frozen, plainJson } from '../../plugins/plain-json.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { Plugin, PluginContext } from '../../plugins/plugin.ts';
import { authorsActivities } from '../authors-activities.ts';
import { runSenderAction } from '../outbound/sender-action.ts';
import { quietUntil } from '../quiet-until.ts';
import { shortName } from '../short-name.ts';
import { shortText } from '../short-text.ts';
import { checkedTag } from '../tags.ts';
import { startSequence, stopSequence } from './sequence-signals.ts';
import { threadControl } from './thread-control.ts';
import type { Turn } from './turn-parts.ts';
import { recordStep, recordOptSignal, saveLead, sendInTurn } from './turn-send.ts';

/** A hook that asks for more than this is caught in a loop. */
const MAX_SENDS_PER_HOOK = 20;
/** All plugins of one turn together: those that answer each other are caught in a loop too. */
const MAX_SENDS_PER_TURN = 60;
/** As JSON: what goes to other workflows must fit into a payload of the engine. */
const MAX_DATA_CHARS = 50_000;
const MAX_ACTIONS_PER_HOOK = 10;
const MAX_WAKE_UPS = 50;
const MAX_NAME_CHARS = 100;
/** A wake-up that asks for itself comes round no faster than this. */
const MIN_WAIT_MS = 1000;

/** A hook's context, and what its runner needs of it. */
export interface OpenContext {
  readonly context: PluginContext;
  /** How much the hook has asked the outside for and not got yet. */
  readonly asks: { readonly count: number };
  /** After this the context does nothing any more. */
  readonly close: () => void;
}

export function pluginContext(turn: Turn, plugin: Plugin, draft: { state: object }): OpenContext {
  const { state } = turn;
  const asks = { count: 0 };
  let sends = 0;
  let actions = 0;
  let isClosed = false;
  let activities: ActivityFunctions | undefined;

  function mustBeOpen(): void {
    if (isClosed)
      throw new Error('The hook is over; its context cannot be used any more. Await everything in the hook.');
  }

  /** Marks the hook as waiting for something of ours. What it does not await may fail without ending the task. */
  function ask<T>(question: () => Promise<T>): Promise<T> {
    mustBeOpen();
    asks.count += 1;
    const answer = question();
    const settle = () => {
      asks.count -= 1;
    };
    answer.then(settle, settle);
    return answer;
  }

  function actOnce(action: () => SenderAction): void {
    actions += 1;
    if (!isClosed && actions <= MAX_ACTIONS_PER_HOOK) runSenderAction(turn, action);
  }

  const context: PluginContext = {
    conversation: turn.conversation,
    contact: state.contact,
    get now() {
      return turn.now();
    },
    get quietUntil() {
      return quietUntil(turn.now(), state.contact);
    },
    get state() {
      return draft.state;
    },
    set state(next: object) {
      draft.state = next;
    },
    get tags() {
      return frozen(state.tags);
    },
    get lines() {
      return state.lines.map((line) => ({ ...line }));
    },
    get activities() {
      const { cause, calls } = turn;
      activities ??= authorsActivities(plugin.activities, {
        prefix: `${cause.id}/${plugin.name}`,
        counts: calls,
        ask,
      });
      return activities;
    },
    log: pluginLog(plugin.name),

    send: (message) => {
      sends += 1;
      if (sends > MAX_SENDS_PER_HOOK) {
        throw new Error(`It sends more than ${MAX_SENDS_PER_HOOK} messages for one event. Is it caught in a loop?`);
      }
      if (turn.ordinal >= MAX_SENDS_PER_TURN) {
        throw new Error(`More than ${MAX_SENDS_PER_TURN} messages for one event. Do two plugins answer each other?`);
      }
      return ask(() => sendInTurn(turn, message, `plugin ${plugin.name}`));
    },
    typing: () => actOnce(typingOn),
    markSeen: () => actOnce(markSeen),
    react: (mid, emoji) => actOnce(() => react(mid, emoji)),
    unreact: (mid) => actOnce(() => unreact(mid)),
    wakeAt: (at, note = '') => {
      mustBeOpen();
      if (!Number.isFinite(at)) throw new Error(`wakeAt was given ${at}. Give it a moment, epoch ms.`);
      const others = state.wakeUps.filter((wakeUp) => wakeUp.plugin !== plugin.name || wakeUp.note !== note);
      if (others.length >= MAX_WAKE_UPS) throw new Error(`More than ${MAX_WAKE_UPS} wake-ups are waiting.`);
      const moment = Math.max(Math.round(at), turn.now() + MIN_WAIT_MS);
      const occasion = wakeUpId(shortName(`${turn.cause.id}/${turn.wakes}`));
      turn.wakes += 1;
      state.wakeUps = [
        ...others,
        { plugin: plugin.name, at: moment, note: shortText('A note', note, MAX_NAME_CHARS, 0), occasion },
      ];
    },
    emit: (name: string, data?: unknown) => {
      mustBeOpen();
      turn.topics = [...turn.topics, topicOf(name, data)];
    },
    startSequence: (name, data) =>
      ask(async () =>
        startSequence(turn, name, data === undefined ? undefined : plainJson(data, 'data', MAX_DATA_CHARS)),
      ),
    stopSequence: (name, reason) => ask(() => stopSequence(turn, name, reason)),
    tag: (tag) => {
      mustBeOpen();
      if (state.tags.includes(tag)) return;
      if (state.tags.length >= MAX_TAGS) throw new Error(`A person has at most ${MAX_TAGS} tags.`);
      state.tags = [...state.tags, checkedTag(tag)];
    },
    untag: (tag) => {
      mustBeOpen();
      state.tags = state.tags.filter((known) => known !== tag);
    },
    saveLead: (form, fields, consent) =>
      ask(async () =>
        saveLead(
          turn,
          shortText('A form', form, MAX_NAME_CHARS),
          plainJson(fields, 'fields'),
          consent && plainJson(consent, 'consent'),
        ),
      ),
    recordStep: (funnel, step) =>
      ask(async () =>
        recordStep(turn, shortText('A funnel', funnel, MAX_NAME_CHARS), shortText('A step', step, MAX_NAME_CHARS)),
      ),
    recordOptSignal: (wish, at) => ask(async () => recordOptSignal(turn, wish, at)),
    handOver: ({ reason, forMs }) => {
      mustBeOpen();
      turn.takeOver = plainJson({ reason, ...(forMs !== undefined && { forMs }) }, 'handOver');
    },
    threadControl: (request) => ask(() => threadControl(turn.conversation, request)),
  };
  return {
    context,
    asks,
    close: () => {
      isClosed = true;
    },
  };
}

function topicOf(name: string, data: unknown): Topic {
  shortText("A topic's name", name, MAX_NAME_CHARS);
  return frozen({ name, ...(data !== undefined && { data: plainJson(data, 'data', MAX_DATA_CHARS) }) });
}

function pluginLog(plugin: string): PluginContext['log'] {
  return {
    info: (message, fields) => log.info(message, { plugin, ...fields }),
    warn: (message, fields) => log.warn(message, { plugin, ...fields }),
    error: (message, fields) => log.error(message, { plugin, ...fields }),
  };
}
