import type { FastifyInstance } from 'fastify';
import type { Inspection, MessageTrace } from '../inspector.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { sign, webhookBody } from '../webhook/webhook-body.ts';
import type { Webhook } from '../webhook/webhooks.ts';
import { INPUT_SCHEMAS, parseInput } from './control-inputs.ts';
import { threadView } from './thread-view.ts';

/** Says that there is nothing to look into. */
const NO_INSPECTOR = 'Only everthread dev and everthread/testing can look inside the bot.';

const NOTHING = { plugins: [], tags: [], sequences: [], timers: [], turns: [], unsent: [] };

/** The inside of the bot, and its webhooks one by one: as curl, delivered again, edited. */
export function inspectionRoutes(app: FastifyInstance, state: SimulatorState): void {
  const { inspector } = state.options;

  app.get<{ Params: { psid: string } }>('/api/people/:psid/inspection', async (request): Promise<Inspection> => {
    const { psid } = state.people.get(request.params.psid);
    const workflowId = state.conversationOf(psid);
    if (inspector) return inspector.inspect(workflowId);
    return { ...NOTHING, workflowId, missing: [NO_INSPECTOR] };
  });

  app.get<{ Querystring: { id?: string } }>('/api/traces', async ({ query }): Promise<MessageTrace> => {
    if (!inspector) return { steps: [], missing: [NO_INSPECTOR] };
    return (await inspector.trace(query.id ?? '')) ?? { steps: [], missing: ['The bot knows no such message yet.'] };
  });

  app.get<WebhookPath>('/api/people/:psid/webhooks/:seq/curl', ({ params }) => {
    return { curl: formatCurl(bodyOf(state, findWebhook(state, params)), state) };
  });

  app.post<WebhookPath>('/api/people/:psid/webhooks/:seq/deliveries', async ({ params, body: input }) => {
    const webhook = findWebhook(state, params);
    const { body = webhook.body } = parseInput(INPUT_SCHEMAS.delivery, input);
    if (body === undefined) {
      state.webhooks.requeueOne(webhook.seq);
      state.deliveries.wake(webhook.psid);
    } else {
      const now = state.now(webhook.psid);
      const outcome = await state.deliveries.postOnce(body, now);
      state.webhooks.addEdited({ ...webhook, at: now }, body, outcome);
      state.live.notify(webhook.psid);
    }
    return threadView(state, webhook.psid);
  });
}

interface WebhookPath {
  readonly Params: { readonly psid: string; readonly seq: string };
}

function findWebhook(state: SimulatorState, { psid, seq }: WebhookPath['Params']): Webhook {
  const webhook = state.webhooks.find(Number(seq));
  if (webhook?.psid === psid) return webhook;
  throw new SimulatorError('message_unknown', `There is no webhook ${seq} of this person.`);
}

function bodyOf(state: SimulatorState, webhook: Webhook): string {
  return webhook.body ?? webhookBody(state.now(webhook.psid), webhook);
}

/** A command that delivers the body by hand, signed as Meta signs it. */
function formatCurl(body: string, { app, options }: SimulatorState): string {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `curl -X POST ${quote(app.subscription?.callbackUrl ?? options.webhookUrl)}`,
    "-H 'content-type: application/json'",
    `-H ${quote(`x-hub-signature-256: ${sign(body, options.appSecret)}`)}`,
    `-d ${quote(body)}`,
  ].join(' \\\n  ');
}
