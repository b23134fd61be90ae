/** Conversations as operators see them: the list, and all that is known of one. */

import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Handoff } from '../../domain/handoff.ts';
import type { Contact } from '../contacts.ts';
import type { Database } from '../db/database.ts';
import { findContactAndPage } from '../eligibility-records.ts';
import { findHandoff } from '../handoffs.ts';
import type { OpenBreaker } from '../page-circuit-breaker.ts';
import type { ConversationFilter } from './filter.ts';
import { findLines, type FoundLine, type LineNames } from './found-lines.ts';
import type { TranscriptPageLine } from './line.ts';
import { readLines, type LinePage } from './lines.ts';
import { listConversations, readConversations, type ConversationPage, type ListedConversation } from './list.ts';
import { countClosedUnanswered, countWaiting, type WaitingPeople } from './unanswered.ts';

/** A conversation with all on which verdicts depend. */
export interface FoundConversation {
  readonly contact: Contact;
  /** The Page's circuit breaker, if it is open. */
  readonly page: OpenBreaker | undefined;
  readonly handoff: Handoff | undefined;
}

/** Reads conversations. */
export interface Conversations {
  list(filter: ConversationFilter, page: ConversationPage): Promise<readonly ListedConversation[]>;
  /** `undefined` if the store knows no such person. */
  find(conversation: ConversationId): Promise<FoundConversation | undefined>;
  /** A page of the transcript, with the sends that did not get there. */
  lines(conversation: ConversationId, page: LinePage): Promise<readonly TranscriptPageLine[]>;
  /**
   * The conversations of these ids as the list has them, in no order, without those that are not stored.
   *
   * @param now Real time, epoch ms.
   */
  listed(ids: readonly ConversationId[], now: number): Promise<readonly ListedConversation[]>;
  /** People who wait for an operator. `now`: real time, epoch ms. */
  countWaiting(now: number): Promise<WaitingPeople>;
  /** Windows that closed in this time, epoch ms, without an answer to what the person wrote in them. */
  countClosedUnanswered(time: { readonly from: number; readonly to: number }): Promise<number>;
  /** Lines by their ids, in no order, without those that are not there. */
  findLines(names: LineNames): Promise<readonly FoundLine[]>;
}

/** Conversations from the tables `contacts`, `handoffs` and `messages`. */
export function createConversations({ db }: Pick<Database, 'db'>): Conversations {
  return {
    list: (filter, page) => listConversations(db, filter, page),
    lines: (conversation, page) => readLines(db, conversation, page),
    listed: (ids, now) => readConversations(db, ids, now),
    countWaiting: (now) => countWaiting(db, now),
    countClosedUnanswered: (time) => countClosedUnanswered(db, time),
    findLines: (names) => findLines(db, names),
    async find(conversation) {
      const { contact, page } = await findContactAndPage(db, conversation);
      return contact && { contact, page, handoff: await findHandoff(db, conversation) };
    },
  };
}
