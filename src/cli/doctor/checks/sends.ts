/** What did not go out, by the ledger. */

import type { FailureGroup } from '../../../store/ledger/index.ts';
import { look, ok, wrong, type Check, type Outcome } from '../check.ts';
import type { Visit } from '../context.ts';
import { momentOf } from '../moments.ts';

/** Older failures are history. */
const KNOWN_MS = 7 * 86_400_000;
/** What failed before may be repaired by now. */
const RECENT_MS = 3_600_000;

/** By the code in the ledger; see docs/errors.md. */
const CURES: Readonly<Record<string, string>> = {
  permission:
    'the app is not live, or app, token or Page lacks a right. See "page-permissions" and "tasks", and that the app is live (App Dashboard → App Mode)',
  bad_request:
    "Meta does not understand the message or knows nobody by this PSID: a PSID belongs to one Page and one app. The worker's log has code and subcode; messaging_type is always set here",
  policy: "Meta restricts the Page or this kind of message. Read the Page's Support Inbox",
  transient: "Meta was out of order to the end of the retries. Look at Meta's status page if it goes on",
  rate_limited: 'too fast or too much. Lower MESSENGER_MESSAGES_PER_SECOND, or send later',
  ambiguous: "Meta's answer leaves open whether it was delivered. Nothing to do, unless it goes on",
  thread_owner:
    "another app, or a person in the Page inbox, has the thread. See the Page's settings → Conversation Routing",
  token_invalid: 'Meta no longer takes the token. See "page-token" and "page-held"',
  restricted: 'Meta restricts the Page. See "page-held"',
  held_too_long: 'it waited for a token, a restriction or another app for 7 days',
  attachment_expired: 'Meta no longer has the file. Upload it again; image({ file }) does so by itself',
  file_missing: "there is no such file in the bot's folder",
  not_settled: "it could not be settled in time. Look at the activity in Temporal's UI",
};

const failedSends: Check<Visit> = {
  id: 'failed-sends',
  after: ['store'],
  async look(visit) {
    const failed = await troubles(visit, 'failed');
    if (failed.length === 0) return ok('none in a week');
    return failed.map((trouble) => {
      const says = described(trouble, 'failed');
      return trouble.lastAt > Date.now() - RECENT_MS ? wrong(says, 'no_answer') : look(says, 'no_answer');
    });
  },
};

const waitingSends: Check<Visit> = {
  id: 'waiting-sends',
  after: ['store'],
  async look(visit) {
    const waiting = await troubles(visit, 'waiting');
    if (waiting.length === 0) return ok('none');
    return waiting.map((trouble) => look(described(trouble, 'waiting'), 'no_answer'));
  },
};

const unknownSends: Check<Visit> = {
  id: 'unknown-sends',
  after: ['store'],
  async look(visit) {
    const unknown = await troubles(visit, 'unknown', 'unconfirmed');
    if (unknown.length === 0) return ok('none in a week');
    const sends = unknown.reduce((total, { sends: some }) => total + some, 0);
    return look(
      `Meta gave no answer to ${sends}, and no echo came or has come yet. Echoes settle them: see that message_echoes is among the fields of "page-subscription".`,
    );
  },
};

/** Refused by our policy, before Meta would: no fault by itself. */
const refusedSends: Check<Visit> = {
  id: 'refused-sends',
  after: ['store'],
  async look(visit) {
    const refused = await troubles(visit, 'refused');
    const late = refused.filter(({ code }) => code.startsWith('window_'));
    const others = refused.filter(({ code }) => !code.startsWith('window_'));
    const outcomes: Outcome[] = late.map(({ sends, code, lastAt }) =>
      look(
        `${sends} refused as ${code}, the last ${momentOf(lastAt)}: more than 24 hours after what the person last did. Answer sooner, or use a utility template; retired message tags cannot be the reason, a bot cannot send one here.`,
        'after_a_day',
      ),
    );
    if (others.length > 0) outcomes.push(ok(others.map(({ sends, code }) => `${sends} as ${code}`).join(', ')));
    return outcomes.length > 0 ? outcomes : ok('none in a week');
  },
};

async function troubles(
  visit: Visit,
  ...statuses: readonly FailureGroup['status'][]
): Promise<readonly FailureGroup[]> {
  const { ledger } = await visit.store();
  return (await ledger.failureGroups(Date.now() - KNOWN_MS)).filter(({ status }) => statuses.includes(status));
}

function described({ sends, code, lastAt }: FailureGroup, what: string): string {
  return `${sends} ${what} as ${code}, the last ${momentOf(lastAt)}: ${CURES[code] ?? 'see docs/errors.md'}.`;
}

export const SEND_CHECKS = [failedSends, waitingSends, unknownSends, refusedSends];
