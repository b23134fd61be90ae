import { isObject } from '../../messenger/check/json.ts';
import { summarize } from '../content/cards.ts';
import { hasText, idText, textAtPath } from '../json.ts';
import type { ShownLine } from '../state/bot-log.ts';
import type { ThreadMessage } from '../state/messages.ts';
import type { SimulatedSend } from '../state/sends.ts';
import { webhookBody } from '../webhook/webhook-body.ts';
import type { WebhookKind } from '../webhook/webhook-items.ts';
import type { Webhook } from '../webhook/webhooks.ts';

/** An entry of the timeline: a message, a send or a signal, with its webhooks. */
export interface TimelineEntry {
  readonly seq: number;
  /**
   * `said`: a message of the person. `inbox`: an operator's message. `other_app`: a message of another app. `sent`: a call
   * of the Send API. `signal`: webhooks without a message, such as reads, reactions and links. `bot`: an error or a warning
   * of the bot.
   */
  readonly kind: 'said' | 'inbox' | 'other_app' | 'sent' | 'signal' | 'bot';
  readonly title: string;
  readonly at: number;
  /** The message that it belongs to. */
  readonly mid?: string;
  readonly send?: SendView;
  /** Of an error or a warning of the bot. */
  readonly line?: Pick<ShownLine, 'level' | 'place' | 'stack'>;
  readonly webhooks: readonly WebhookView[];
}

/** A call of the Send API as the page shows it. */
export interface SendView {
  readonly outcome: SimulatedSend['outcome'];
  /** The messaging type, tag or sender action: `RESPONSE`, `MESSAGE_TAG HUMAN_AGENT`, `typing_on`. */
  readonly how: string;
  readonly httpStatus?: number;
  /** Meta's error number: `10/2018278`. */
  readonly code?: string;
  /** What a refusal means, or a remark on an accepted message. */
  readonly meaning?: string;
  readonly fault?: string;
  /** Its send id, by which its trace is found; missing for a send of another bot. */
  readonly traceId?: string;
  readonly request: string;
  readonly answer?: string;
}

/** A webhook as the page shows it. */
export interface WebhookView {
  readonly seq: number;
  readonly kind: WebhookKind;
  readonly isAccepted: boolean;
  readonly tries: number;
  readonly lastAnswer?: string;
  readonly tookMs?: number;
  readonly body: string;
  /** Whether the body was edited by hand. */
  readonly isEdited?: true;
}

/** The timeline of a thread, oldest first. */
export function buildTimeline(
  messages: readonly ThreadMessage[],
  sends: readonly SimulatedSend[],
  webhooks: readonly Webhook[],
  lines: readonly ShownLine[] = [],
): TimelineEntry[] {
  const webhooksOf = groupByMessage(webhooks);
  const said = messages
    .filter((message) => message.author !== 'bot')
    .map(({ seq, mid, author, at, content }) => {
      const kind = author === 'inbox' || author === 'other_app' ? author : ('said' as const);
      return { seq, kind, title: summarize(content), at, mid, webhooks: webhooksOf(mid) };
    });
  const sent = sends.map((send) => ({
    seq: send.seq,
    kind: 'sent' as const,
    title: sendTitle(send),
    at: send.at,
    ...(send.mid !== undefined && { mid: send.mid }),
    send: toSendView(send),
    webhooks: webhooksOf(send.mid),
  }));
  const withoutMessage = webhooks.filter((webhook) => webhook.about === undefined);
  const signals = withoutMessage.map((webhook) => ({
    seq: webhook.seq,
    kind: 'signal' as const,
    title: signalTitle(webhook),
    at: webhook.at,
    webhooks: [toWebhookView(webhook)],
  }));
  const reported = lines.map(({ seq, at, words, ...line }) => ({
    seq,
    kind: 'bot' as const,
    title: words,
    at,
    line,
    webhooks: [],
  }));
  return [...said, ...sent, ...signals, ...reported].toSorted((one, other) => one.seq - other.seq);
}

function groupByMessage(webhooks: readonly Webhook[]): (mid: string | undefined) => readonly WebhookView[] {
  const byMid = new Map<string, WebhookView[]>();
  for (const webhook of webhooks) {
    if (webhook.about === undefined) continue;
    byMid.set(webhook.about, [...(byMid.get(webhook.about) ?? []), toWebhookView(webhook)]);
  }
  return (mid) => (mid === undefined ? [] : (byMid.get(mid) ?? []));
}

function toWebhookView(webhook: Webhook): WebhookView {
  const { seq, kind, isAccepted, tries, lastAnswer, tookMs, at, triedAt, body } = webhook;
  return {
    seq,
    kind,
    isAccepted,
    tries,
    ...(lastAnswer !== undefined && { lastAnswer }),
    ...(tookMs !== undefined && { tookMs }),
    body: body ?? webhookBody(triedAt ?? at, webhook),
    ...(body !== undefined && { isEdited: true as const }),
  };
}

function signalTitle({ kind, item, body }: Webhook): string {
  if (body !== undefined) return 'a webhook edited by hand';
  if (kind === 'read') return 'read up to here';
  const { reaction, referral } = item;
  if (kind === 'handover') return handoverTitle(item);
  if (isObject(referral)) return referral['source'] === 'ADS' ? 'opened an ad' : 'opened an m.me link';
  if (isObject(reaction)) return hasText(reaction['emoji']) ? `reacted ${reaction['emoji']}` : 'took a reaction back';
  return SIGNAL_TITLES[kind] ?? kind;
}

function handoverTitle(item: Webhook['item']): string {
  if ('request_thread_control' in item) return 'another app asked for the thread';
  return 'pass_thread_control' in item ? 'the thread was passed to the bot' : 'the thread was taken from the bot';
}

const SIGNAL_TITLES: Partial<Record<WebhookKind, string>> = {
  optin: 'tapped Send to Messenger on a web page',
  coupon: 'revealed a coupon code',
  feedback: 'answered a survey',
  customer_information: 'sent an address',
  comment: 'wrote under a post',
  edit: 'edited a message',
  unsend: 'took a message back',
};

function sendTitle({ request }: SimulatedSend): string {
  const body = parseObject(request);
  const { sender_action: action, payload } = body;
  if (hasText(action)) return action === 'react' && isObject(payload) ? `react ${idText(payload['reaction'])}` : action;
  const message = body['message'];
  return isObject(message) ? summarize(message) : '';
}

function toSendView(send: SimulatedSend): SendView {
  const { messaging_type: type, tag, sender_action: action, message } = parseObject(send.request);
  const sendId = /^(.+)#[\w-]{22}$/.exec(textAtPath(message, 'metadata') ?? '')?.[1];
  const error = send.answer === undefined ? undefined : parseObject(send.answer)['error'];
  const { code, error_subcode: subcode } = isObject(error) ? error : {};
  return {
    outcome: send.outcome,
    how: [type, tag, action].filter(hasText).join(' '),
    ...(send.httpStatus !== undefined && { httpStatus: send.httpStatus }),
    ...(isNumber(code) && { code: [code, subcode].filter(isNumber).join('/') }),
    ...(send.meaning !== undefined && { meaning: send.meaning }),
    ...(send.fault !== undefined && { fault: send.fault }),
    ...(sendId !== undefined && { traceId: sendId }),
    request: send.request,
    ...(send.answer !== undefined && { answer: send.answer }),
  };
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? value : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
