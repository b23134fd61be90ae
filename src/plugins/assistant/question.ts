import type { ConversationId } from '../../domain/conversation-id.ts';

/** The input of the activity `assistantAnswer`. */
export interface AssistantQuestion {
  /** For lookups of your own; the model does not get it. */
  readonly conversation: ConversationId;
  /** As Meta writes it: `pt_PT`. */
  readonly locale?: string;
  /** The last lines of the conversation, the oldest first; the last one is the question. */
  readonly lines: readonly AssistantLine[];
  /** Operators had the conversation a short time ago. */
  readonly handback?: AssistantHandback;
}

/** What the model should know of operators who had the conversation. */
export interface AssistantHandback {
  /** How long ago they gave it back, in minutes. */
  readonly minutesAgo: number;
  /** Whether an operator wrote to the person. */
  readonly wasAnswered: boolean;
  /** What the operator wrote down for the bot. */
  readonly note?: string;
}

/** One line of the conversation, said by the person or for the Page; `isOperator`: by an operator, not by the bot. */
export interface AssistantLine {
  readonly by: 'person' | 'page';
  readonly isOperator?: true;
  readonly text: string;
}

/** The model's answer, or why there is none; `reason` is for logs. */
export type AssistantAnswer =
  | { readonly status: 'answered'; readonly text: string }
  | { readonly status: 'unanswered'; readonly reason: string };

/** The assistant's activities, to be spread into `activities` of `activities.ts`. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface is no record of functions
export type AssistantActivities = {
  assistantAnswer(question: AssistantQuestion): Promise<AssistantAnswer>;
};
