/** What a workflow did, read from its history, in words for who looks after a bot. */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';

export type History = ReturnType<typeof historyFromJSON>;
type HistoryEvent = NonNullable<History['events']>[number];

/** One thing that code asked of the engine: the kind and the name must be the same again, the words may change. */
export interface Action {
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
export function actionsIn({ events }: History): Action[] {
  const actions = (events ?? []).flatMap((event) => actionOf(event) ?? []);
  // Several at once are written down as they end; their numbers say how they began.
  const local = actions.filter(({ kind }) => kind === 'local activity').toSorted((a, b) => a.seq - b.seq);
  return actions.map(({ seq, ...action }) => {
    if (action.kind !== 'local activity') return action;
    const { seq: _, ...inOrder } = local.shift() ?? { ...action, seq };
    return inOrder;
  });
}

type Numbered = Action & { readonly seq: number };

function actionOf(event: HistoryEvent): Numbered | undefined {
  const { eventType, userMetadata } = event;
  const summary = textIn(userMetadata?.summary);
  const rest = { eventId: Number(event.eventId), seq: 0, ...(summary !== undefined && { summary }) };
  switch (eventType) {
    case EventType.EVENT_TYPE_MARKER_RECORDED: {
      const { markerName, details } = event.markerRecordedEventAttributes ?? {};
      if (markerName !== 'core_local_activity') return undefined;
      const data = jsonIn(details?.['data']?.payloads?.[0]) as { activity_type?: string; seq?: number } | undefined;
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

const DEEDS: Readonly<Record<string, string>> = {
  openConversation: 'opened the conversation',
  saveSnapshot: 'saved the conversation',
  saveLead: 'saved a lead',
  recordWish: 'noted a wish about messages',
  changeTags: 'changed tags',
};

/** `sent "We are open 9 to 5"`, in the past. */
export function wordsFor({ kind, name, summary, source }: Action): string {
  const by = source === undefined ? '' : ` (${source})`;
  if (kind === 'timer') return `waited${summary === undefined ? '' : ` (${summary})`}`;
  if (kind === 'end') return name;
  if (kind === 'signal') return `told another workflow "${name}"`;
  if (name === 'sendMessage') return `sent "${summary ?? ''}"${by}`;
  if (name === 'senderAction') return `showed ${summary ?? 'a sign'}${by}`;
  if (name === 'startSequence') return `started a sequence${summary === undefined ? '' : ` (${summary})`}`;
  return DEEDS[name] ?? `called the activity ${name}${by}`;
}

/** What brought an action about: `at the person's 2nd message`. */
export function occasionOf({ events }: History, eventId: number): string {
  let items = 0;
  let what = 'at its beginning';
  for (const event of events ?? []) {
    if (Number(event.eventId) >= eventId) break;
    const { signalName, input } = event.workflowExecutionSignaledEventAttributes ?? {};
    if (event.eventType === EventType.EVENT_TYPE_TIMER_FIRED) what = 'after it had waited';
    if (signalName === 'inboundEvents') {
      const list = jsonIn(input?.payloads?.[0]);
      items += Array.isArray(list) ? list.length : 1;
      what = `at event ${items} of the person`;
    } else if (typeof signalName === 'string') what = `after the signal "${signalName}"`;
  }
  return what;
}

type Payload = { readonly data?: Uint8Array | null | undefined; readonly metadata?: unknown } | null | undefined;

function jsonIn(payload: Payload): unknown {
  try {
    return JSON.parse(Buffer.from(payload?.data ?? []).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function textIn(payload: Payload): string | undefined {
  const value = jsonIn(payload);
  return typeof value === 'string' ? value : undefined;
}
