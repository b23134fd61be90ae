/** What a workflow did, read from its history, in words for who looks after a bot. */

import type { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';

export type History = ReturnType<typeof historyFromJSON>;
type HistoryEvent = NonNullable<History['events']>[number];

/** One thing that code asked of the engine: the kind and the name must be the same again, the words may change. */
export interface ReplayedCommand {
  readonly kind: 'local activity' | 'activity' | 'timer' | 'signal' | 'end';
  /** Of an activity or a signal; `continued as new` and its like for an end. */
  readonly name: string;
  /** What stands beside it in Temporal's UI: the text of a message, what a timer is for. */
  readonly summary?: string;
  /** Who asked: `plugin faq`. A history does not know. */
  readonly source?: string;
  readonly eventId?: number;
}

const { EventType } = proto.temporal.api.enums.v1;

/** All it did, in the order in which the code asked for it. */
export function listCommands({ events }: History): ReplayedCommand[] {
  const actions = (events ?? []).flatMap((event) => toCommand(event) ?? []);
  // Several at once are written down as they end; their numbers say how they began.
  const local = actions.filter(({ kind }) => kind === 'local activity').toSorted((a, b) => a.seq - b.seq);
  return actions.map(({ seq, ...action }) => {
    if (action.kind !== 'local activity') return action;
    const { seq: _, ...inOrder } = local.shift() ?? { ...action, seq };
    return inOrder;
  });
}

type SequencedCommand = ReplayedCommand & { readonly seq: number };

function toCommand(event: HistoryEvent): SequencedCommand | undefined {
  const { eventType, userMetadata } = event;
  const summary = parseText(userMetadata?.summary);
  const rest = { eventId: Number(event.eventId), seq: 0, ...(summary !== undefined && { summary }) };
  switch (eventType) {
    case EventType.EVENT_TYPE_MARKER_RECORDED: {
      const { markerName, details } = event.markerRecordedEventAttributes ?? {};
      if (markerName !== 'core_local_activity') return undefined;
      const data = parsePayload(details?.['data']?.payloads?.[0]) as
        | { activity_type?: string; seq?: number }
        | undefined;
      return { ...rest, kind: 'local activity', name: data?.activity_type ?? '?', seq: data?.seq ?? 0 };
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
      return {
        ...rest,
        kind: 'activity',
        name: event.activityTaskScheduledEventAttributes?.activityType?.name ?? '?',
      };
    case EventType.EVENT_TYPE_TIMER_STARTED:
      return { ...rest, kind: 'timer', name: '' };
    case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return {
        ...rest,
        kind: 'signal',
        name: event.signalExternalWorkflowExecutionInitiatedEventAttributes?.signalName ?? '?',
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
      return { ...rest, kind: 'end', name: 'continued as new' };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
      return { ...rest, kind: 'end', name: 'ended' };
    default:
      return undefined;
  }
}

type Tense = 'past' | 'present';

const ACTIVITY_PHRASES: Readonly<Record<string, Readonly<Record<Tense, string>>>> = {
  openConversation: { past: 'opened the conversation', present: 'opens the conversation' },
  saveSnapshot: { past: 'kept the conversation and closed', present: 'keeps the conversation and closes' },
  saveLead: { past: 'kept a lead', present: 'keeps a lead' },
  recordWish: { past: 'noted a wish about messages', present: 'notes a wish about messages' },
  changeTags: { past: 'changed tags', present: 'changes tags' },
  startSequence: { past: 'started a sequence', present: 'starts a sequence' },
  windowClosesAt: { past: 'asked when the window closes', present: 'asks when the window closes' },
};

const VERBS = {
  sendMessage: { past: 'sent', present: 'sends' },
  senderAction: { past: 'showed', present: 'shows' },
} as const;

/** `sent "We are open 9 to 5" (plugin faq)`. */
export function describeCommand({ kind, name, summary, source }: ReplayedCommand, tense: Tense): string {
  const by = source === undefined ? '' : ` (${source})`;
  if (kind === 'timer')
    return `${tense === 'past' ? 'waited' : 'waits'}${summary === undefined ? '' : ` (${summary})`}`;
  if (kind === 'end') return tense === 'past' ? name : (ENDS[name] ?? name);
  if (kind === 'signal') return `${tense === 'past' ? 'told' : 'tells'} another workflow "${name}"`;
  if (name === 'sendMessage')
    return `${VERBS.sendMessage[tense]} ${summary === undefined ? 'a message' : `"${summary}"`}${by}`;
  if (name === 'senderAction') return `${VERBS.senderAction[tense]} ${SENDER_ACTIONS[summary ?? ''] ?? 'a sign'}${by}`;
  return ACTIVITY_PHRASES[name]?.[tense] ?? `${tense === 'past' ? 'called' : 'calls'} the activity ${name}${by}`;
}

const ENDS: Readonly<Record<string, string>> = { 'continued as new': 'continues as new', ended: 'ends' };
const SENDER_ACTIONS: Readonly<Record<string, string>> = {
  typing_on: 'that it is typing',
  mark_seen: 'that it has seen it',
};

/** What a history is of, and since when, epoch ms. */
export function readStart({ events }: History): {
  readonly type: string;
  readonly version: number;
  readonly at: number;
} {
  const { eventTime, workflowExecutionStartedEventAttributes: start } = events?.[0] ?? {};
  const input = parsePayload(start?.input?.payloads?.[0]) as { readonly version?: number } | undefined;
  return {
    type: start?.workflowType?.name ?? '?',
    version: input?.version ?? 1,
    at: Number(eventTime?.seconds ?? 0) * 1000,
  };
}

/** What brought an action about: `at the person's 2nd message`. */
export function describeTrigger({ events }: History, eventId: number): string {
  let items = 0;
  let what = 'at its beginning';
  for (const event of events ?? []) {
    if (Number(event.eventId) >= eventId) break;
    const { signalName, input } = event.workflowExecutionSignaledEventAttributes ?? {};
    if (event.eventType === EventType.EVENT_TYPE_TIMER_FIRED) what = 'after it had waited';
    if (signalName === 'inboundEvents') {
      const list = parsePayload(input?.payloads?.[0]);
      items += Array.isArray(list) ? list.length : 1;
      what = `at no. ${items} of what came in`;
    } else if (typeof signalName === 'string') what = `after the signal "${signalName}"`;
  }
  return what;
}

type Payload = { readonly data?: Uint8Array | null | undefined; readonly metadata?: unknown } | null | undefined;

function parsePayload(payload: Payload): unknown {
  try {
    return JSON.parse(Buffer.from(payload?.data ?? []).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function parseText(payload: Payload): string | undefined {
  const value = parsePayload(payload);
  return typeof value === 'string' ? value : undefined;
}
