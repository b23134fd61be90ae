/** The checks of the webhook: on this machine, and as Meta reaches it. */

import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { warning, notChecked, ok, error, type Check, type CheckResult } from '../check.ts';
import { CONNECT_WITHIN_MS, EXPIRES_SOON_MS, type Callback, type DoctorContext } from '../context.ts';
import { withoutQuery, probeWebhook } from '../probe-webhook.ts';
import { isPublicHost } from '../public-host.ts';

const webhook: Check<DoctorContext> = {
  id: 'webhook',
  requires: ['required-settings'],
  async run(context) {
    // Read first: the requests of this check are counted, too.
    await context.metrics();
    const url = `${context.apiUrl}/webhook`;
    const callback = await context.callback();
    return probeWebhook({
      url,
      ...secretsOf(context),
      onNoAnswer: () =>
        callback
          ? warning(
              `nothing answers at ${url}. If everthread runs on another machine, "public-webhook" tells; if not, run everthread start.`,
            )
          : error(`nothing answers at ${url}. Run everthread start, then check again.`),
    });
  },
};

const callback: Check<DoctorContext> = {
  id: 'callback',
  requires: ['required-settings'],
  async run(context) {
    const known = await context.callback();
    if (!known)
      return notChecked(
        'where Meta delivers is not known. Set MESSENGER_APP_ID, or say it: everthread doctor --callback-url https://bot.example/webhook.',
      );
    const address = addressOutcome(context, known);
    if (address.status === 'error') return address;
    return (await differenceFromMeta(context, known)) ?? address;
  },
};

async function differenceFromMeta(context: DoctorContext, { url, saidBy }: Callback): Promise<CheckResult | undefined> {
  if (saidBy === 'Meta') return undefined;
  const reply = await context.appSubscription();
  const atMeta = reply?.status === 'answered' ? reply.value.callbackUrl : undefined;
  if (atMeta === undefined || !URL.canParse(url) || !URL.canParse(atMeta)) return undefined;
  if (new URL(atMeta).href === new URL(url).href) return undefined;
  return error(
    `Meta delivers to ${withoutQuery(atMeta)}, not to ${withoutQuery(url)}. Run everthread subscribe --callback-url ${withoutQuery(url)}.`,
    'no_events',
  );
}

function addressOutcome(context: DoctorContext, known: Callback): CheckResult {
  const { saidBy } = known;
  const url = URL.canParse(known.url) ? new URL(known.url) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return error('the callback is no web address. Write it like https://bot.example/webhook.', 'not_validated');
  const shown = `${withoutQuery(url.href)} (says ${saidBy})`;
  if (isOfSimulator(context, known))
    return ok(`${shown}; a simulator delivers there, Meta itself would need public https`);
  if (!isPublicHost(url.hostname))
    return error(
      `${shown}: Meta cannot reach ${url.hostname}. Give the webhook a public name, through a tunnel while you develop.`,
      'only_locally',
    );
  if (url.protocol !== 'https:')
    return error(`${shown}: Meta delivers over https only. Put a proxy with a certificate before it.`, 'only_locally');
  if (url.pathname !== '/webhook')
    return warning(
      `${shown}: everthread listens at /webhook, so a proxy has to turn ${url.pathname} into that.`,
      'not_validated',
    );
  return ok(shown);
}

/** A Graph API without https is a simulator. */
function isOfSimulator({ config }: DoctorContext, { saidBy }: Callback): boolean {
  return saidBy === 'Meta' && config.graphUrl.startsWith('http:');
}

const CERTIFICATE_CURES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed. Take one of a public authority, such as Let’s Encrypt',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not a public one. Take one of a public authority, such as Let’s Encrypt',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificates between it and its authority are missing. Let the server send the full chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its authority is not a public one, or the chain is not complete. Let the server send the full chain',
  CERT_HAS_EXPIRED: 'it has expired. Renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name. Take one for this name',
};
const CONNECTION_CURES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known. See the DNS entry',
  EAI_AGAIN: 'the name cannot be looked up from here. See the DNS of this machine',
  ECONNREFUSED: 'nothing listens there. Start the proxy or the tunnel',
};

const certificate: Check<DoctorContext> = {
  id: 'certificate',
  requires: ['callback'],
  async run(context) {
    const known = await context.callback();
    const url = new URL(known?.url ?? context.apiUrl);
    if (url.protocol === 'http:') return ok('none is needed for a simulator');
    const { endsAt, problem } = await certificateOf(url);
    const where = `${url.hostname}:${url.port || '443'}`;
    if (problem !== undefined) {
      const cure = CERTIFICATE_CURES[problem];
      if (cure !== undefined) return error(`the certificate of ${where} is not trusted: ${cure}.`, 'only_locally');
      return error(
        `${where} cannot be reached over https (${problem}): ${CONNECTION_CURES[problem] ?? 'see the proxy before it'}.`,
        'only_locally',
      );
    }
    const day = new Date(endsAt).toISOString().slice(0, 10);
    if (endsAt - Date.now() < EXPIRES_SOON_MS)
      return warning(`the certificate of ${where} ends on ${day}. See that it is renewed.`);
    return ok(`trusted on this machine, until ${day}`);
  },
};

type Certificate =
  | { readonly endsAt: number; readonly problem?: undefined }
  | { readonly endsAt?: undefined; readonly problem: string };

function certificateOf({ hostname, port }: URL): Promise<Certificate> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      timeout: CONNECT_WITHIN_MS,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const end = (certificateFound: Certificate) => {
      socket.destroy();
      resolve(certificateFound);
    };
    socket.once('secureConnect', () => end({ endsAt: Date.parse(socket.getPeerCertificate().valid_to) }));
    socket.once('timeout', () => end({ problem: 'ETIMEDOUT' }));
    socket.once('error', (error: Error & { readonly code?: string }) => end({ problem: error.code ?? error.name }));
  });
}

const publicWebhook: Check<DoctorContext> = {
  id: 'public-webhook',
  requires: ['certificate'],
  async run(context) {
    const known = await context.callback();
    const url = known?.url ?? '';
    const result = await probeWebhook({
      url,
      ...secretsOf(context),
      onNoAnswer: (why) =>
        error(
          `${withoutQuery(url)} does not answer (${why}). Is everthread running, and does the proxy or tunnel lead to ${context.apiUrl}?`,
          'only_locally',
        ),
    });
    return result.status === 'ok' ? ok(`${result.message}, seen from this machine`) : result;
  },
};

function secretsOf({ config }: DoctorContext): { readonly verifyToken: string; readonly appSecret: string } {
  return { verifyToken: config.verifyToken?.reveal() ?? '', appSecret: config.appSecrets[0]?.reveal() ?? '' };
}

/** The webhook on this machine. */
export const WEBHOOK_CHECKS = [webhook];
/** The webhook at its public address. */
export const CALLBACK_CHECKS = [callback, certificate, publicWebhook];
