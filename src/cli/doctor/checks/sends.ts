/** The checks of sends that were not delivered, by the ledger. */

import type { FailureGroup } from '../../../store/ledger/index.ts';
import { formatTime } from '../../format-time.ts';
import { warning, ok, error, type Check, type CheckResult } from '../check.ts';
import type { DoctorContext } from '../context.ts';

/** Older failures are not reported. */
const REPORTED_MS = 7 * 86_400_000;
/** The cause of an older failure may be repaired by now. */
const RECENT_MS = 3_600_000;

/** What to do, by the code in the ledger; see docs/errors.md. */
const CURES_BY_CODE: Readonly<Record<string, string>> = {
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
  token_invalid: 'Meta does not take the token or the set-up. See "page-token" and "page-held"',
  restricted: 'Meta restricts the Page. See "page-held"',
  held_too_long: 'it waited for a token, a restriction or another app for 7 days',
  attachment_expired: 'Meta no longer has the file. Upload it again; image({ file }) does so by itself',
  file_missing: "there is no such file in the bot's folder",
  not_settled: "it could not be settled in time. Look at the activity in Temporal's UI",
};

const failedSends: Check<DoctorContext> = {
  id: 'failed-sends',
  requires: ['store'],
  async run(context) {
    const failed = await failureGroups(context, 'failed');
    if (failed.length === 0) return ok('none in a week');
    return failed.map((group) => {
      const message = describeGroup(group, 'failed');
      return group.lastAt > Date.now() - RECENT_MS ? error(message, 'no_answer') : warning(message, 'no_answer');
    });
  },
};

const waitingSends: Check<DoctorContext> = {
  id: 'waiting-sends',
  requires: ['store'],
  async run(context) {
    const waiting = await failureGroups(context, 'waiting');
    if (waiting.length === 0) return ok('none');
    return waiting.map((group) => warning(describeGroup(group, 'waiting'), 'no_answer'));
  },
};

const unknownSends: Check<DoctorContext> = {
  id: 'unknown-sends',
  requires: ['store'],
  async run(context) {
    const unknown = await failureGroups(context, 'unknown', 'unconfirmed');
    if (unknown.length === 0) return ok('none in a week');
    const sends = unknown.reduce((total, { sends: some }) => total + some, 0);
    return warning(
      `Meta gave no answer to ${sends}, and no echo came or has come yet. Echoes settle them: see that message_echoes is among the fields of "page-subscription".`,
    );
  },
};

/** Sends that our policy refused, as Meta would have; no error by itself. */
const refusedSends: Check<DoctorContext> = {
  id: 'refused-sends',
  requires: ['store'],
  async run(context) {
    const refused = await failureGroups(context, 'refused');
    const late = refused.filter(({ code }) => code.startsWith('window_'));
    const others = refused.filter(({ code }) => !code.startsWith('window_'));
    const results: CheckResult[] = late.map(({ sends, code, lastAt }) =>
      warning(
        `${sends} refused as ${code}, the last ${formatTime(lastAt)}: more than 24 hours after what the person last did. Answer sooner, or use a utility template; retired message tags cannot be the reason, a bot cannot send one here.`,
        'after_a_day',
      ),
    );
    if (others.length > 0) results.push(ok(others.map(({ sends, code }) => `${sends} as ${code}`).join(', ')));
    return results.length > 0 ? results : ok('none in a week');
  },
};

async function failureGroups(
  context: DoctorContext,
  ...statuses: readonly FailureGroup['status'][]
): Promise<readonly FailureGroup[]> {
  const { ledger } = await context.store();
  return (await ledger.failureGroups(Date.now() - REPORTED_MS)).filter(({ status }) => statuses.includes(status));
}

function describeGroup({ sends, code, lastAt }: FailureGroup, what: string): string {
  return `${sends} ${what} as ${code}, the last ${formatTime(lastAt)}: ${CURES_BY_CODE[code] ?? 'see docs/errors.md'}.`;
}

/** Sends of the last week, by outcome. */
export const SEND_CHECKS = [failedSends, waitingSends, unknownSends, refusedSends];
