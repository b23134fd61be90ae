/** Why a history and today's code do not fit together, in words. */

import {
  listCommands,
  describeTrigger,
  describeCommand,
  type ReplayedCommand,
  type History,
} from './history-actions.ts';

/**
 * The first difference between what a workflow did and what today's code asks for. `asked`: what was seen of that;
 * left out: only the engine's own complaint is known. `complaint`: with `[TMPRL1100]`, as the engine words it.
 */
export function explainMismatch(history: History, complaint: string, asked?: readonly ReplayedCommand[]): string {
  // It failed for a reason of its own before it asked for anything, and says so.
  if (!complaint.includes(NONDETERMINISM) && !asked?.length) return shorten(complaint);
  const did = listCommands(history);
  const found = asked ? firstDifference(did, asked) : parseSdkError(did, complaint);
  if (!found) return shorten(complaint);
  const { before, now, said } = found;
  const place = before?.eventId === undefined ? 'at its end' : describeTrigger(history, before.eventId);
  const deed = before ? `it ${describeCommand(before, 'past')}` : 'it did nothing more';
  const today = now ? `today's code ${now}` : "today's code does nothing there";
  const first = said ? ` Before that, what was "${said.before}" is now "${said.now}"${said.by}.` : '';
  return `${place[0]?.toUpperCase()}${place.slice(1)} ${deed}; ${today}.${first}`;
}

const NONDETERMINISM = 'TMPRL1100';

interface Difference {
  readonly before: ReplayedCommand | undefined;
  /** `sends "Hey" (plugin greeter)`; missing: nothing. */
  readonly now: string | undefined;
  readonly said?: { readonly before: string; readonly now: string; readonly by: string };
}

function firstDifference(did: readonly ReplayedCommand[], asked: readonly ReplayedCommand[]): Difference | undefined {
  let said: Difference['said'];
  let ahead = 0;
  for (const [index, before] of did.entries()) {
    let now = asked[index + ahead];
    // A timer that is taken back at once leaves no trace.
    if (now?.kind === 'timer' && before.kind !== 'timer' && isSameCommand(asked[index + ahead + 1], before)) {
      ahead += 1;
      now = asked[index + ahead];
    }
    // Of its end code says nothing.
    if (now === undefined && before.kind === 'end') break;
    if (!isSameCommand(now, before))
      return { before, now: now && describeCommand(now, 'present'), ...(said && { said }) };
    said ??= findChangedText(before, now);
  }
  const more = asked[did.length + ahead];
  return more && { before: undefined, now: describeCommand(more, 'present'), ...(said && { said }) };
}

function isSameCommand(one: ReplayedCommand | undefined, other: ReplayedCommand): boolean {
  return one?.kind === other.kind && one.name === other.name;
}

function findChangedText(before: ReplayedCommand, now: ReplayedCommand | undefined): Difference['said'] {
  if (before.name !== 'sendMessage' || !now || before.summary === now.summary) return undefined;
  const by = now.source === undefined ? '' : ` (${now.source})`;
  return { before: before.summary ?? '', now: now.summary ?? '', by };
}

const COMMAND_PHRASES: Readonly<Record<string, string>> = {
  'Local activity': 'calls something outside there',
  Activity: 'calls an activity there',
  Timer: 'waits there',
  'Signal external WF': 'tells another workflow something there',
  'Complete workflow': 'ends there',
  'Continue as new': 'continues as new there',
};

/** What the engine's sentence says by itself. */
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
