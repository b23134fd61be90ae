import type { PresentOperator } from '../../../store/presence.ts';

/** The operators who are in a conversation, in the form of the API. */
export function toPresentViews(operators: readonly PresentOperator[]) {
  return operators.map(({ operator: name, state }) => ({ name, state }));
}
