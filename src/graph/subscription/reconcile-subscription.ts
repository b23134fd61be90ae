import { sideEffectOf, type WebhookField } from '../../messenger/inbound/webhook-fields.ts';
import { quoteForTerminal, describeGraphError } from '../describe-graph-error.ts';
import type { GraphApi, GraphReply } from '../graph-api.ts';
import type { PageAccess } from '../profile/index.ts';
import { readAppSubscription, setAppCallback, type AppAccess } from './app-subscription.ts';
import { findMissingFields, readSubscription, subscribePage } from './index.ts';

interface SubscriptionTask {
  readonly api: GraphApi;
  readonly needed: readonly WebhookField[];
  /** Dry run: nothing is written. */
  readonly isDry: boolean;
  /** Gets what was found and done, one sentence per call. */
  readonly report: (sentence: string) => void;
}

/** A Page's subscription to reconcile. */
export interface PageSubscriptionTask extends SubscriptionTask {
  readonly page: PageAccess;
  readonly appId: string | undefined;
}

/**
 * Subscribes our app on a Page to all needed fields, besides those of before; writes nothing if none is missing. Resolves
 * to `false` if it failed.
 */
export async function reconcilePage({
  api,
  page,
  appId,
  needed,
  isDry,
  report,
}: PageSubscriptionTask): Promise<boolean> {
  const secrets = [page.accessToken];
  const was = await readSubscription(api, page, appId);
  if (was.status !== 'answered') return reportSubscriptionFailure(was, secrets, report);
  const { isSubscribed, fields } = was.value;
  const missing = findMissingFields(fields, needed);
  for (const warning of sideEffectWarnings([...fields, ...missing])) report(warning);
  report(isSubscribed ? `was subscribed to ${listFields(fields)}.` : 'was not subscribed.');
  if (isSubscribed && missing.length === 0) return reportSuccess('has all it needs. Nothing to do.', report);
  if (isDry) return reportSuccess(`would be subscribed to ${listFields(missing)} too.`, report);

  const reply = await subscribePage(api, page, [...fields, ...missing]);
  if (reply.status !== 'answered') return reportSubscriptionFailure(reply, secrets, report);
  const is = await readSubscription(api, page, appId);
  if (is.status !== 'answered') return reportSubscriptionFailure(is, secrets, report);
  const stillMissing = findMissingFields(is.value.fields, needed);
  report(`is subscribed to ${listFields(is.value.fields)}.`);
  if (is.value.isSubscribed && stillMissing.length === 0) return true;
  report(
    is.value.isSubscribed
      ? `Meta agreed, and left out ${listFields(stillMissing)}. See App Dashboard → Messenger → Webhooks.`
      : 'Meta agreed, and does not name our app. Is MESSENGER_APP_ID the app whose token this is?',
  );
  return false;
}

/** An app's subscription to reconcile. */
export interface AppSubscriptionTask extends SubscriptionTask {
  readonly app: AppAccess;
  readonly callbackUrl: string;
  readonly verifyToken: string;
}

/** Sets the address for webhooks about Pages, and keeps the fields of before. Resolves to `false` if it failed. */
export async function reconcileApp(task: AppSubscriptionTask): Promise<boolean> {
  const { api, app, callbackUrl, verifyToken, needed, isDry, report } = task;
  const secrets = [app.appSecret, verifyToken];
  const was = await readAppSubscription(api, app);
  if (was.status !== 'answered') return reportSubscriptionFailure(was, secrets, report);
  const { fields, callbackUrl: before } = was.value;
  const missing = findMissingFields(fields, needed);
  report(before === undefined ? 'had no address.' : `delivered to ${quoteForTerminal(before)}: ${listFields(fields)}.`);
  if (before === callbackUrl && missing.length === 0) return reportSuccess('has all it needs. Nothing to do.', report);
  const wanted = [...fields, ...missing];
  if (isDry) return reportSuccess(`would deliver to ${quoteForTerminal(callbackUrl)}: ${listFields(wanted)}.`, report);

  const reply = await setAppCallback(api, app, { callbackUrl, verifyToken, fields: wanted });
  if (reply.status !== 'answered') {
    reportSubscriptionFailure(reply, secrets, report);
    report(
      'Meta asks the address for its handshake first: it must answer already, and with the same MESSENGER_VERIFY_TOKEN.',
    );
    return false;
  }
  const is = await readAppSubscription(api, app);
  if (is.status !== 'answered') return reportSubscriptionFailure(is, secrets, report);
  return reportSuccess(
    `delivers to ${quoteForTerminal(is.value.callbackUrl ?? '')}: ${listFields(is.value.fields)}.`,
    report,
  );
}

function sideEffectWarnings(fields: readonly string[]): string[] {
  return fields.flatMap((field) => {
    const effect = sideEffectOf(field);
    return effect === undefined ? [] : `Mind ${field}: ${effect}.`;
  });
}

/** Field names from Meta, which everthread may not know, so they are quoted. */
function listFields(fields: readonly string[]): string {
  return fields.length === 0 ? 'nothing' : fields.map((field) => quoteForTerminal(field).slice(1, -1)).join(', ');
}

function reportSuccess(sentence: string, report: (sentence: string) => void): true {
  report(sentence);
  return true;
}

function reportSubscriptionFailure(
  reply: Exclude<GraphReply<unknown>, { readonly status: 'answered' }>,
  secrets: readonly string[],
  report: (sentence: string) => void,
): false {
  report(describeGraphError(reply, ...secrets));
  return false;
}
