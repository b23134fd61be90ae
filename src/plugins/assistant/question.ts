import type { ConversationId } from '../../domain/conversation-id.ts';

/** What the assistant is asked, as its outside half gets it. */
export interface AssistantQuestion {
  /** For looking things up; a model does not get it. */
  readonly conversation: ConversationId;
  /** As Meta writes it: `pt_PT`. */
  readonly locale?: string;
  /** The last lines of the talk, the oldest first; the last one is the question. */
  readonly lines: readonly AssistantLine[];
}

export interface AssistantLine {
  readonly by: 'person' | 'page';
  readonly text: string;
}

/** `reason` is for logs: why somebody else has to answer. */
export type AssistantAnswer =
  | { readonly status: 'answered'; readonly text: string }
  | { readonly status: 'unanswered'; readonly reason: string };

/** The assistant's outside half, to be spread into `activities` of `activities.ts`. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface is no record of functions
export type AssistantActivities = {
  assistantAnswer(question: AssistantQuestion): Promise<AssistantAnswer>;
};
