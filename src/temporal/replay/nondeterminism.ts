/** Explains why today's code does not replay a history. */

import {
  listCommands,
  describeTrigger,
  describeCommand,
  type ReplayedCommand,
  type History,
} from './history-actions.ts';

/**
 * Describes the first difference between the recorded commands and those of today's code. `complaint` is the SDK's error
 * (`[TMPRL1100]`); without `asked`, the commands that a replay recorded, it is the only source.
 */
export function explainMismatch(history: History, complaint: string, asked?: readonly ReplayedCommand[]): string {
  // The code threw before it issued a command: the error says why.
  if (!complaint.includes(NONDETERMINISM) && !asked?.length) return shorten(complaint);
  const did = listCommands(history);
  const found = asked ? firstDifference(did, asked) : parseSdkError(did, complaint);
  if (!found) return shorten(complaint);
  const { before, now, changedText } = found;
  const place = before?.eventId === undefined ? 'at its end' : describeTrigger(history, before.eventId);
  const action = before ? `it ${describeCommand(before, 'past')}` : 'it did nothing more';
  const today = now ? `today's code ${now}` : "today's code does nothing there";
  const first = changedText
    ? ` Before that, what was "${changedText.before}" is now "${changedText.now}"${changedText.by}.`
    : '';
  return `${place[0]?.toUpperCase()}${place.slice(1)} ${action}; ${today}.${first}`;
}

const NONDETERMINISM = 'TMPRL1100';

interface Difference {
  readonly before: ReplayedCommand | undefined;
  /** `sends "Hey" (plugin greeter)`; missing: nothing. */
  readonly now: string | undefined;
  readonly changedText?: { readonly before: string; readonly now: string; readonly by: string };
}

function firstDifference(did: readonly ReplayedCommand[], asked: readonly ReplayedCommand[]): Difference | undefined {
  let changedText: Difference['changedText'];
  let ahead = 0;
  for (const [index, before] of did.entries()) {
    let now = asked[index + ahead];
    // A timer that is cancelled at once leaves no event.
    if (now?.kind === 'timer' && before.kind !== 'timer' && isSameCommand(asked[index + ahead + 1], before)) {
      ahead += 1;
      now = asked[index + ahead];
    }
    // The recorder does not see the end of a run.
    if (now === undefined && before.kind === 'end') break;
    if (!isSameCommand(now, before))
      return { before, now: now && describeCommand(now, 'present'), ...(changedText && { changedText }) };
    changedText ??= findChangedText(before, now);
  }
  const more = asked[did.length + ahead];
  return more && { before: undefined, now: describeCommand(more, 'present'), ...(changedText && { changedText }) };
}

function isSameCommand(one: ReplayedCommand | undefined, other: ReplayedCommand): boolean {
  return one?.kind === other.kind && one.name === other.name;
}

function findChangedText(before: ReplayedCommand, now: ReplayedCommand | undefined): Difference['changedText'] {
  if (before.name !== 'sendMessage' || !now || before.summary === now.summary) return undefined;
  const by = now.source === undefined ? '' : ` (${now.source})`;
  return { before: before.summary ?? '', now: now.summary ?? '', by };
}

const COMMAND_PHRASES: Readonly<Record<string, string>> = {
  'Local activity': 'calls a local activity there',
  Activity: 'calls an activity there',
  Timer: 'waits there',
  'Signal external WF': 'sends another workflow a signal there',
  'Complete workflow': 'ends there',
  'Continue as new': 'continues as new there',
};

/** Parses the SDK's error message. */
function parseSdkError(did: readonly ReplayedCommand[], complaint: string): Difference | undefined {
  const types = /type of (?:recorded marker|scheduled event) '([^']+)' does not match .* command '([^']+)'/.exec(
    complaint,
  );
  if (types) {
    const [, before = '', now = ''] = types;
    return {
      before: did.find(({ name }) => name === before) ?? { kind: 'activity', name: before },
      now: describeCommand({ kind: 'activity', name: now }, 'present'),
    };
  }
  const local = /Missing associated machine for LocalActivity\((\d+)\)/.exec(complaint)?.[1];
  if (local !== undefined) {
    const before = did.filter(({ kind }) => kind === 'local activity')[Number(local) - 1];
    return before && { before, now: undefined };
  }
  const [, machine, id] =
    /(?:error: (.*) machine does not handle this event: )?HistoryEvent\(id: (\d+)/.exec(complaint) ?? [];
  if (id === undefined) return undefined;
  const before = did.find(({ eventId = 0 }) => eventId >= Number(id));
  return {
    before,
    now:
      machine === undefined ? 'does something else there' : (COMMAND_PHRASES[machine] ?? 'does something else there'),
  };
}

const MAX_CHARS = 300;

function shorten(complaint: string): string {
  const [, message = complaint] = /message: "((?:[^"\\]|\\.)*)"/.exec(complaint) ?? [];
  const words = message.replaceAll(String.raw`\"`, '"').split('\n')[0] ?? '';
  return words.length > MAX_CHARS ? `${words.slice(0, MAX_CHARS)}…` : words;
}
