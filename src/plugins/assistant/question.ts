import type { ConversationId } from '../../domain/conversation-id.ts';

/** The input of the activity `assistantAnswer`. */
export interface AssistantQuestion {
  /** For lookups of your own; the model does not get it. */
  readonly conversation: ConversationId;
  /** As Meta writes it: `pt_PT`. */
  readonly locale?: string;
  /** The last lines of the conversation, the oldest first; the last one is the question. */
  readonly lines: readonly AssistantLine[];
}

/** One line of the conversation, said by the person or for the Page (bot or operator). */
export interface AssistantLine {
  readonly by: 'person' | 'page';
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
