/** The checks of each Page: its token, its subscription, its sends. */

import { z } from 'zod';
import { quoteForTerminal, describeGraphError } from '../../../graph/describe-graph-error.ts';
import { appToken } from '../../../graph/subscription/app-subscription.ts';
import { findMissingFields, readSubscription } from '../../../graph/subscription/index.ts';
import { readTokenFacts, type TokenFacts } from '../../../graph/token-facts.ts';
import { formatTime } from '../../format-time.ts';
import type { ChosenPage } from '../../page-choice.ts';
import { warning, notChecked, ok, error, type Check, type CheckResult } from '../check.ts';
import { EXPIRES_SOON_MS, GRAPH_TIMEOUT_MS, type DoctorContext } from '../context.ts';

/** One Page, beside everything that is not about a Page. */
export interface PageContext {
  readonly context: DoctorContext;
  readonly page: ChosenPage;
}

const identity = z.object({ id: z.string() });
const NEW_TOKEN =
  'Make a new one (everthread pages, or App Dashboard → Messenger → Access Tokens); no restart is needed.';

const pageToken: Check<PageContext> = {
  id: 'page-token',
  requires: ['graph'],
  async run({ context: { graph, app }, page: { pageId, accessToken } }) {
    const call = { method: 'GET', path: 'me', query: { fields: 'id' }, accessToken } as const;
    const reply = await graph.call({ ...call, timeoutMs: GRAPH_TIMEOUT_MS, answer: identity });
    if (reply.status === 'answered') {
      const { id } = reply.value;
      if (id === pageId) return ok('the token is good, and of this Page');
      return error(
        `the token is of ${quoteForTerminal(id)}. Make MESSENGER_PAGE_ID, or pageId in the list, fit the token.`,
        'no_answer',
      );
    }
    const said = describeGraphError(reply, accessToken, ...(app ? [app.appSecret] : []));
    if (reply.status === 'no_answer') return error(said);
    if (/appsecret_proof/.test(reply.error.message))
      return error(`${said} MESSENGER_APP_SECRET is not of the app that this token was made for.`, 'signature');
    return error(`${said} ${reply.error.code === 190 ? NEW_TOKEN : ''}`.trim(), 'no_answer');
  },
};

const NEEDED_SCOPES = ['pages_messaging', 'pages_manage_metadata'];

const pagePermissions: Check<PageContext> = {
  id: 'page-permissions',
  requires: ['page-token', 'app'],
  async run({ context: { graph, app }, page: { accessToken } }) {
    if (!app) return notChecked('"app" comes first, see above.');
    const reply = await readTokenFacts(graph, app, accessToken);
    if (reply.status === 'answered') return permissionsOutcome(reply.value, app.appId);
    return warning(`Meta does not say: ${describeGraphError(reply, accessToken, appToken(app), app.appSecret)}`);
  },
};

/** The fields of debug_token are not verified by us: a missing field is not a failure. */
function permissionsOutcome({ isValid, appId, scopes, ...ends }: TokenFacts, ourApp: string): CheckResult {
  if (isValid === false) return error(`Meta calls the token invalid. ${NEW_TOKEN}`, 'no_answer');
  if (appId !== undefined && appId !== ourApp)
    return error(
      `the token was made for app ${quoteForTerminal(appId)}, not for ${ourApp}. Make one for ours.`,
      'no_answer',
    );
  const missing = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  if (scopes.length > 0 && missing.length > 0)
    return error(
      `the token lacks the permission ${missing.join(' and ')}. Grant it, then make a new token.`,
      'no_answer',
    );
  const end = Math.min(ends.expiresAt ?? Infinity, ends.dataAccessExpiresAt ?? Infinity);
  if (end < Date.now() + EXPIRES_SOON_MS)
    return warning(`the token, or its access to data, ends ${formatTime(end)}. ${NEW_TOKEN}`);
  const until = end === Infinity ? 'it has no end' : `it ends ${formatTime(end)}`;
  if (scopes.length === 0) return warning(`${until}; which permissions it has, Meta does not say.`);
  return ok(
    `the token has ${NEEDED_SCOPES.join(' and ')}, and ${until}; so says debug_token, whose form is not verified`,
  );
}

const pageSubscription: Check<PageContext> = {
  id: 'page-subscription',
  requires: ['page-token'],
  async run({ context, page }) {
    const reply = await readSubscription(context.graph, page, context.config.appId);
    if (reply.status !== 'answered') return error(describeGraphError(reply, page.accessToken), 'no_events');
    const { isSubscribed, fields } = reply.value;
    if (!isSubscribed) return lossOutcome(await lastReceivedAt(context, page));
    const missing = findMissingFields(fields, await context.neededFields());
    if (missing.length === 0) return ok(`tells our app ${fields.length} fields`);
    return error(`the Page does not tell our app ${missing.join(', ')}. Run everthread subscribe.`, 'no_events');
  },
};

function lossOutcome(lastAt: number | undefined): CheckResult {
  if (lastAt === undefined)
    return error('our app is not subscribed on the Page. Run everthread subscribe.', 'no_events');
  return error(
    `our app is no longer subscribed on the Page; the last event came ${formatTime(lastAt)}. Meta does so after an hour of failed webhooks: see "webhook-answers", then run everthread subscribe.`,
    'stopped',
  );
}

const REASONS = {
  token_invalid: `Meta no longer takes its token. ${NEW_TOKEN} If the alert in the log names a mistake in the set-up, mend that.`,
  restricted: "Meta restricts it. Read the Page's Support Inbox; one send tries now and then.",
} as const;

const pageHeld: Check<PageContext> = {
  id: 'page-held',
  requires: ['store'],
  async run({ context, page }) {
    const state = (await (await context.store()).circuitBreakers.listOpen()).get(page.pageId);
    if (!state) return ok('nothing holds its sends back');
    return error(
      `its sends wait since ${formatTime(state.since)} (${quoteForTerminal(state.code).slice(1, -1)}): ${REASONS[state.reason]}`,
      'no_answer',
    );
  },
};

const pageEvents: Check<PageContext> = {
  id: 'page-events',
  requires: ['store'],
  async run({ context, page }) {
    const at = await lastReceivedAt(context, page);
    if (at !== undefined) return ok(`the last event came ${formatTime(at)}`);
    return warning(
      'no event has come yet, as far as the newest ones tell. Write to the Page; if none comes then, see "app-mode" and "app-role".',
      'no_events',
    );
  },
};

async function lastReceivedAt(context: DoctorContext, { pageId }: ChosenPage): Promise<number | undefined> {
  const store = await context.store().catch(() => undefined);
  return store?.inbox.lastReceivedAt(pageId);
}

/** They run once for each Page. */
export const PAGE_CHECKS = [pageToken, pagePermissions, pageSubscription, pageHeld, pageEvents];
