/** Reads from a history which commands a workflow issued, and describes them for the developer of a bot. */

import type { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { unescapeMarkdown } from '../../domain/markdown.ts';

/** A workflow history. */
export type History = ReturnType<typeof historyFromJSON>;
type HistoryEvent = NonNullable<History['events']>[number];

/** One command of a workflow: a replay must issue the same kind and name again; the summary may change. */
export interface ReplayedCommand {
  readonly kind: 'local activity' | 'activity' | 'timer' | 'signal' | 'end';
  /** Of an activity or a signal; `continued as new` and its like for an end. */
  readonly name: string;
  /** Its summary in Temporal's UI: the text of a message, the purpose of a timer. */
  readonly summary?: string;
  /** What issued it: `plugin faq`. Histories do not record it. */
  readonly source?: string;
  readonly eventId?: number;
}

const { EventType } = proto.temporal.api.enums.v1;

/** The commands of a history, in the order in which the code issued them. */
export function listCommands({ events }: History): ReplayedCommand[] {
  const actions = (events ?? []).flatMap((event) => toCommand(event) ?? []);
  // Concurrent local activities are recorded as they end; their sequence numbers give the order of their start.
  const local = actions.filter(({ kind }) => kind === 'local activity').toSorted((a, b) => a.seq - b.seq);
  return actions.map(({ seq, ...action }) => {
    if (action.kind !== 'local activity') return action;
    const { seq: _, ...inOrder } = local.shift() ?? { ...action, seq };
    return inOrder;
  });
}

type SequencedCommand = ReplayedCommand & { readonly seq: number };

/** A command whose summary is as the developer wrote it. In Temporal it is Markdown; older versions wrote the plain text. */
export function withPlainSummary<Command extends { readonly summary?: string }>(command: Command): Command {
  const { summary } = command;
  return summary === undefined ? command : { ...command, summary: unescapeMarkdown(summary).replace(/…$/, '') };
}

function toCommand(event: HistoryEvent): SequencedCommand | undefined {
  const { eventType, userMetadata } = event;
  const summary = parseText(userMetadata?.summary);
  const rest = withPlainSummary({
    eventId: Number(event.eventId),
    seq: 0,
    ...(summary !== undefined && { summary }),
  });
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
  saveSnapshot: { past: 'saved the conversation and closed', present: 'saves the conversation and closes' },
  saveLead: { past: 'saved a lead', present: 'saves a lead' },
  recordWish: { past: 'recorded an opt-in or opt-out', present: 'records an opt-in or opt-out' },
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
  if (kind === 'signal') return `${tense === 'past' ? 'sent' : 'sends'} another workflow the signal "${name}"`;
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

/** The workflow type and version of a history, and its start in epoch ms. */
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

/** Which event led to a command: `at no. 2 of what came in`. */
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
