/** The checks of the Graph API and of our app. */

import { z } from 'zod';
import { readAccounts } from '../../../graph/accounts.ts';
import { quoteForTerminal, describeGraphError } from '../../../graph/describe-graph-error.ts';
import { createGraphApi } from '../../../graph/graph-api.ts';
import { appToken } from '../../../graph/subscription/app-subscription.ts';
import { findMissingFields } from '../../../graph/subscription/index.ts';
import { graphOf, requireGraphApi, type ChosenPage } from '../../page-choice.ts';
import { warning, notChecked, ok, error, type Check, type CheckResult } from '../check.ts';
import { GRAPH_TIMEOUT_MS, type DoctorContext } from '../context.ts';
import { withoutQuery } from '../probe-webhook.ts';

const anything = z.object({ id: z.string() });

const graph: Check<DoctorContext> = {
  id: 'graph',
  requires: ['required-settings'],
  async run({ graph: api, config, pages }) {
    await requireGraphApi(config);
    const accessToken = pages[0]?.accessToken ?? '';
    const reply = await api.call({
      method: 'GET',
      path: 'me',
      accessToken,
      timeoutMs: GRAPH_TIMEOUT_MS,
      answer: anything,
    });
    if (reply.status === 'no_answer') return error(describeGraphError(reply), 'no_answer');
    return ok(`${config.graphUrl} answers`);
  },
};

/** How many versions after ours are tried. */
const MAX_VERSIONS_AHEAD = 10;

/** Meta publishes no list of versions: a newer one is out when a call to it is answered in that version. */
const graphVersion: Check<DoctorContext> = {
  id: 'graph-version',
  requires: ['graph'],
  async run(context) {
    const ours = context.config.graphVersion;
    const answering = await answeringVersion(context, ours);
    if (answering === undefined) return notChecked('the answers of the Graph API name no version.');
    if (answering !== ours)
      return warning(
        `${ours} is answered by ${answering}: Meta has retired it. Set MESSENGER_GRAPH_VERSION=${answering}.`,
      );
    let newest = ours;
    for (let ahead = 1; ahead <= MAX_VERSIONS_AHEAD; ahead += 1) {
      const next = `v${Number.parseInt(ours.slice(1), 10) + ahead}.0`;
      if ((await answeringVersion(context, next)) !== next) break;
      newest = next;
    }
    if (newest === ours) return ok(`${ours}; Meta answers in no newer one`);
    return warning(
      `${newest} is out, this is ${ours}. Read Meta's changelog, then set MESSENGER_GRAPH_VERSION, and the version in App Dashboard → Webhooks.`,
    );
  },
};

async function answeringVersion({ config, pages }: DoctorContext, version: string): Promise<string | undefined> {
  const api = createGraphApi({ ...graphOf(config), version });
  try {
    for (const { accessToken } of pages) {
      const call = { method: 'GET', path: 'me', query: { fields: 'id' }, accessToken } as const;
      const reply = await api.call({ ...call, timeoutMs: GRAPH_TIMEOUT_MS, answer: anything });
      if (reply.status === 'answered') return reply.version;
    }
    return undefined;
  } finally {
    await api.close();
  }
}

const app: Check<DoctorContext> = {
  id: 'app',
  requires: ['graph'],
  async run(context) {
    const reply = await context.appSubscription();
    if (!reply || !context.app)
      return notChecked(
        'MESSENGER_APP_ID is not set. Copy the number from the top of the App Dashboard to have the app looked at.',
      );
    const { appId, appSecret } = context.app;
    if (reply.status === 'answered') return ok(`Meta takes this secret for app ${appId}`);
    return error(
      `${describeGraphError(reply, appToken(context.app), appSecret)} Are MESSENGER_APP_ID and MESSENGER_APP_SECRET of the same app? See App Dashboard → Settings → Basic.`,
      'signature',
    );
  },
};

const appSubscription: Check<DoctorContext> = {
  id: 'app-subscription',
  requires: ['app'],
  async run(context) {
    const reply = await context.appSubscription();
    if (reply?.status !== 'answered') return notChecked('"app" comes first, see above.');
    const { callbackUrl, fields } = reply.value;
    if (callbackUrl === undefined)
      return error(
        'the app has no address for what happens on Pages. Run everthread subscribe --callback-url https://bot.example/webhook.',
        'no_events',
      );
    const missing = findMissingFields(fields, await context.neededFields());
    if (missing.length > 0)
      return error(
        `the app is not subscribed to ${missing.join(', ')}. Run everthread subscribe --callback-url ${withoutQuery(callbackUrl)}.`,
        'no_events',
      );
    return ok(`the app gets ${fields.length} fields of its Pages`);
  },
};

const TASKS = { MESSAGING: 'send', MODERATE: 'subscribe' } as const;

/** Meta tells a person's tasks on a Page only to that person. */
const tasks: Check<DoctorContext> = {
  id: 'tasks',
  requires: ['graph'],
  async run({ graph: api, config, pages }) {
    const accessToken = config.userAccessToken?.reveal();
    if (accessToken === undefined)
      return notChecked(
        'the person who made the tokens needs the tasks MESSAGING and MODERATE on each Page. Set MESSENGER_USER_ACCESS_TOKEN to have them looked at.',
      );
    const reply = await readAccounts(api, accessToken);
    if (reply.status !== 'answered')
      return warning(`MESSENGER_USER_ACCESS_TOKEN: ${describeGraphError(reply, accessToken)}`);
    return pages.map((page) => tasksOutcome(page, reply.value.find(({ pageId }) => pageId === page.pageId)?.tasks));
  },
};

function tasksOutcome({ label }: ChosenPage, held: readonly string[] | undefined): CheckResult {
  if (held === undefined) return warning(`${label} is not among the Pages of MESSENGER_USER_ACCESS_TOKEN.`);
  const missing = Object.entries(TASKS).filter(([task]) => !held.includes(task));
  if (missing.length === 0)
    return ok(`${label}: ${held.map((task) => quoteForTerminal(task).slice(1, -1)).join(', ')}`);
  const lacks = missing.map(([task, purpose]) => `${task} (to ${purpose})`).join(' and ');
  return error(
    `${label}: the person lacks the task ${lacks}. Give it in the Page's settings → Page access.`,
    'no_answer',
  );
}

/** Whether the Graph API answers, and in which version. */
export const GRAPH_CHECKS = [graph, graphVersion];
/** The app and its subscription at Meta. */
export const APP_CHECKS = [app, appSubscription];
/** The tasks of the person on each Page. */
export const TASK_CHECKS = [tasks];
