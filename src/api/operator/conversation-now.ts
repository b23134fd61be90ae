/** What only a conversation's workflow knows: its sequences, the progress of plugins, the last turns. Asked within a second. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import type { TurnRecord } from '../../domain/turn-record.ts';
import type { Store } from '../../store/index.ts';
import type { ConversationView } from '../../workflows/contract/index.ts';
import type { ConversationWorkflows } from './conversation-workflows.ts';
import type { OperatorDeps } from './operator-deps.ts';
import { Problem } from './problem.ts';
import { isoTimeOrNull } from './views/conversation.ts';

type NowDeps = Pick<OperatorDeps, 'store' | 'workflows'>;

/** A running sequence of one person, in the form of the API. */
export interface RunningSequence {
  readonly name: string;
  readonly waitsFor: string | null;
  readonly until: string | null;
}

/** What is known now. A field that is missing is not known, and `unknown` says why. */
export interface ConversationNow {
  readonly sequences?: readonly RunningSequence[];
  readonly progress?: ConversationView['progress'];
  readonly scheduled?: NonNullable<ConversationView['scheduled']>;
  readonly unknown?: string;
}

/** The last turns of a conversation; missing if they are not known, and `unknown` says why. */
export type LastTurns =
  | { readonly turns: readonly TurnRecord[] }
  | { readonly turns?: never; readonly unknown: string };

/** A view of a conversation is useful without its workflow's answer, and waits no longer for it. */
const MAX_WAIT_MS = 1000;
/** A conversation can have many; each is asked. */
const MAX_LISTED_SEQUENCES = 40;

const CLOSED = 'The conversation is closed: nothing waits in it until the person or an operator writes.';
const NO_ANSWER =
  'The workflow of the conversation did not answer within a second: Temporal or the workers are busy or away.';

/** Asks a conversation; one that is closed, or that does not answer in time, is no error. */
export async function readNow({ store, workflows }: NowDeps, conversation: ConversationId): Promise<ConversationNow> {
  const until = Date.now() + MAX_WAIT_MS;
  const answer = await unlessUnavailable(async () => ({ view: await workflows.view(conversation, until) }));
  if (!answer) return { unknown: NO_ANSWER };
  const { view } = answer;
  const { sequences: names } = view ?? (await lastState(store, conversation));
  const sequences = await unlessUnavailable(() => listRunning(workflows, conversation, names, until));
  const unknown = sequences ? (view ? undefined : CLOSED) : NO_ANSWER;
  return {
    ...(sequences && { sequences }),
    ...(view && { progress: view.progress }),
    // A conversation with one that waits does not close.
    scheduled: view?.scheduled ?? [],
    ...(unknown !== undefined && { unknown }),
  };
}

/** The last turns, from the workflow, or from what it left when it closed. */
export async function readTurns({ store, workflows }: NowDeps, conversation: ConversationId): Promise<LastTurns> {
  const until = Date.now() + MAX_WAIT_MS;
  const answer = await unlessUnavailable(async () => ({ view: await workflows.view(conversation, until) }));
  if (!answer) return { unknown: NO_ANSWER };
  const { turns = [] } = answer.view ?? (await lastState(store, conversation));
  return { turns };
}

/** Resolves to `undefined` if Temporal or its workers do not answer. */
async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem && error.code === 'temporal_unavailable') return undefined;
    throw error;
  }
}

/** The sequences of a person that are running, and what they wait for. */
export async function readRunningSequences(
  { store, workflows }: NowDeps,
  conversation: ConversationId,
): Promise<readonly RunningSequence[]> {
  const { sequences } = (await workflows.view(conversation)) ?? (await lastState(store, conversation));
  return listRunning(workflows, conversation, sequences);
}

/** `until`: when to give up, epoch ms. */
async function listRunning(
  workflows: Pick<ConversationWorkflows, 'findSequence'>,
  conversation: ConversationId,
  names: readonly string[],
  until?: number,
): Promise<readonly RunningSequence[]> {
  const runs = names.slice(0, MAX_LISTED_SEQUENCES).map(async (name) => {
    const run = await workflows.findSequence(conversation, name, until);
    return run ? [{ name, waitsFor: run.wait?.what ?? null, until: isoTimeOrNull(run.wait?.until) }] : [];
  });
  return (await Promise.all(runs)).flat();
}

/** What a conversation said when it closed; its sequences may be running all the same. */
async function lastState(
  { snapshots }: Pick<Store, 'snapshots'>,
  conversation: ConversationId,
): Promise<{ readonly sequences: readonly string[]; readonly turns: readonly TurnRecord[] }> {
  const state = (await snapshots.find(conversation)) as
    | { readonly sequences?: object; readonly turns?: readonly TurnRecord[] }
    | undefined;
  return { sequences: Object.keys(state?.sequences ?? {}), turns: state?.turns ?? [] };
}
