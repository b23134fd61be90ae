/** Receives signals, updates and inputs whose content is checked: one by hand that is wrong must not stop a person's conversation. */

import {
  ApplicationFailure,
  log,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
  type SignalDefinition,
} from '@temporalio/workflow';
import { parseWorkflowId } from '../contract/index.ts';
import { cutText } from '../text.ts';
import { type Check, isObject } from './shape.ts';

const MAX_LOGGED_NAME_CHARS = 100;

/** Sets the handler of a signal; a signal with wrong content is dropped, with a line in the log. */
export function onSignal<Content extends unknown[]>(
  signal: SignalDefinition<Content>,
  checks: NoInfer<{ readonly [Index in keyof Content]: Check }>,
  handle: (...content: NoInfer<Content>) => void,
): void {
  setHandler(signal, (...content: Content) => {
    const problem = problemOf(checks, content);
    if (problem === undefined) handle(...content);
    else logDropped(signal.name, problem);
  });
}

/** Drops signals that no handler is for. Set it after all other handlers. */
export function dropUnknownSignals(): void {
  setDefaultSignalHandler((name) => logDropped(cutText(name, MAX_LOGGED_NAME_CHARS), 'no handler has this name'));
}

/** Those items of a signal's list that are as `check` wants them; the others are dropped, with a line in the log. */
export function takeValid<Item>(signal: string, items: readonly Item[], check: Check): readonly Item[] {
  return items.filter((item, index) => {
    const problem = check(item);
    if (problem !== undefined) logDropped(signal, `[${index}]${problem}`);
    return problem === undefined;
  });
}

/** Throws unless the content of an update is as `check` wants it: the update is rejected with that sentence. */
export function assertUpdate(update: string, content: unknown, check: Check): void {
  const problem = check(content);
  if (problem !== undefined) throw new Error(`The update ${update} is rejected: its content${problem}.`);
}

/** Fails a run for good whose input is wrong, or which has the workflow id of another one: it was started by hand. */
export function assertInput(input: unknown, check: Check): void {
  const problem = check(input) ?? wrongIdProblem(input);
  if (problem === undefined) return;
  throw ApplicationFailure.nonRetryable(
    `This run was started with an input that it cannot use: it${problem}. everthread starts its workflows itself, when an event comes in; there is nothing to start by hand.`,
    'input_invalid',
  );
}

/** Ids that are none of ours, as those of recorded histories, name nobody else. */
function wrongIdProblem(input: unknown): string | undefined {
  const named = parseWorkflowId(workflowInfo().workflowId);
  const { conversation } = isObject(input) ? input : {};
  if (!named || named.kind === 'broadcast' || named.conversation === conversation) return undefined;
  return '.conversation is not the one of the workflow id';
}

function problemOf(checks: readonly Check[], content: readonly unknown[]): string | undefined {
  for (const [index, check] of checks.entries()) {
    const problem = check(content[index]);
    if (problem !== undefined) return `argument ${index + 1}${problem}`;
  }
  return undefined;
}

function logDropped(signal: string, problem: string): void {
  log.warn('A signal is dropped: it is not one that everthread sends', { signal, problem });
}
