/** The words of each reason why a send did not get there. */

import type { ErrorClass, FailureReason, HoldReason, PendingReason, RefusalReason } from './error-codes.ts';

/** Why a send did not get there, or not yet, for people; `docs/errors.md` says what to do. */
const WORDS: Readonly<
  Record<RefusalReason | HoldReason | PendingReason | FailureReason | ErrorClass | 'no_echo', string>
> = {
  never_wrote: 'The person never wrote, so that Meta allows nothing.',
  window_closed: 'More than 24 hours have passed since the person last wrote.',
  window_uncertain: "Meta's documentation disagrees whether the window after an ad is still open.",
  person_unavailable: 'Meta says that the person cannot be reached.',
  opted_out: 'The person opted out of updates.',
  not_on_instagram: 'Instagram has no message of this kind.',
  template_not_approved: 'Meta has not approved the template.',
  token_invalid: "Meta does not take the Page's token.",
  restricted: 'Meta restricts the Page.',
  thread_owner: 'Another app has control of the thread.',
  waits_for_its_turn: "The Page's rate limit has no slot for it yet.",
  waits_for_echo: 'Nobody knows yet whether Meta took it.',
  no_answer: 'A worker called Meta for it, and recorded no answer.',
  calling: 'A worker calls Meta for it.',
  transient: 'Meta answered with temporary errors until the retries ended.',
  rate_limited: 'Meta says that it was too fast or too much.',
  policy: 'Meta restricts the Page or this kind of message.',
  permission: 'The app, the token or the Page lacks a right.',
  bad_request: 'Meta does not understand the message.',
  ambiguous: "Meta's answer leaves open whether it was delivered.",
  taken_over: 'An operator took over before it was sent.',
  held_too_long: 'It waited for 7 days.',
  attachment_expired: 'Meta no longer has the attachment.',
  file_missing: "The file is not in the bot's folder.",
  conversation_unknown: 'The conversation id has another form.',
  not_settled: 'It had no outcome before its time was over.',
  no_echo: 'It may have been delivered: Meta gave no answer, and no echo came.',
};

/** The reason in words; the builders' codes share a sentence. */
export function wordsOf(code: string): string {
  return Object.hasOwn(WORDS, code) ? WORDS[code as keyof typeof WORDS] : 'The message cannot be built.';
}
