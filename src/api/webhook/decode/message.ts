import { isObject, compact, valueAt, type JsonObject, within } from '../../../messenger/check/json.ts';
import { asId, withIdsAsText, asText } from '../../../messenger/check/meta-values.ts';
import type { EventFields, ItemKind, ReadContext } from '../../../messenger/inbound/event-fields.ts';
import type { Attachment, ReplyTo } from '../../../messenger/inbound/inbound-event.ts';
import { isInboxApp } from '../../../messenger/meta-apps.ts';
import { mapObjects, midAt, optionalId, optionalMid, optionalObject, optionalText, textAt } from './fields.ts';
import { optionalReferral } from './referral.ts';

/** Messages. */
export const MESSAGE_KINDS: readonly ItemKind[] = [{ key: 'message', names: 'person', read: readMessage }];

/** `message`: a message of the person, one of the Page (an echo), or the notice that one was unsent. */
function readMessage(
  message: JsonObject,
  around: ReadContext,
): EventFields<'message'> | EventFields<'echo'> | EventFields<'unsend'> {
  if (message['is_deleted'] === true) return { kind: 'unsend', mid: midAt(message, 'mid') };
  // Also without `is_echo`: the bot must never answer a message of its own Page.
  return message['is_echo'] === true || around.isFromPage ? readEcho(message) : readPersonMessage(message, around.item);
}

function readPersonMessage(message: JsonObject, item: JsonObject): EventFields<'message'> {
  const quickReply = optionalObject(message, 'quick_reply');
  return compact<EventFields<'message'>>({
    kind: 'message',
    mid: midAt(message, 'mid'),
    text: optionalText(message, 'text'),
    quickReply: quickReply && within('quick_reply', () => optionalText(quickReply, 'payload')),
    attachments: readAttachments(message),
    replyTo: optionalReplyTo(message),
    referral: optionalReferral(message),
    commands: mapObjects(message, 'commands', (command) => textAt(command, 'name')),
    hopAppId: hopAppId(item),
    isUnsupported: message['is_unsupported'] === true ? true : undefined,
  });
}

function readEcho(message: JsonObject): EventFields<'echo'> {
  const echo = {
    appId: optionalId(message, 'app_id'),
    metadata: optionalText(message, 'metadata'),
    text: optionalText(message, 'text'),
    attachments: readAttachments(message),
  };
  return compact<EventFields<'echo'>>({
    kind: 'echo',
    mid: midAt(message, 'mid'),
    ...echo,
    isFromInbox: isInboxApp(echo.appId) || isFromNativeApp(echo),
    replyTo: optionalReplyTo(message),
  });
}

interface EchoContent {
  readonly appId: string | undefined;
  readonly metadata: string | undefined;
  readonly text: string | undefined;
  readonly attachments: readonly Attachment[];
}

/** What people send by hand; a template, or a card without content, comes from an app that Meta does not name. */
const SENT_BY_HAND: ReadonlySet<string> = new Set([
  'image',
  'video',
  'audio',
  'file',
  'sticker',
  'reel',
  'ig_reel',
  'post',
  'ig_post',
]);

/**
 * An echo with neither an app nor metadata, but with words or a file, was written by hand in a native app (as other
 * developers report for Messenger and Instagram; Meta does not document it).
 */
function isFromNativeApp({ appId, metadata, text = '', attachments }: EchoContent): boolean {
  if (appId !== undefined || metadata !== undefined) return false;
  return text.trim() !== '' || attachments.some(({ type }) => SENT_BY_HAND.has(type));
}

function readAttachments(message: JsonObject): Attachment[] {
  return mapObjects(message, 'attachments', readAttachment);
}

/** Only the type is required: the payload differs by type, and Meta adds types a few times a year. */
function readAttachment(attachment: JsonObject): Attachment {
  const value = valueAt(attachment, 'payload');
  const payload = isObject(value) ? value : {};
  return compact<Attachment>({
    type: textAt(attachment, 'type'),
    url: asText(valueAt(payload, 'url') ?? valueAt(attachment, 'url')),
    title: asText(valueAt(payload, 'title') ?? valueAt(attachment, 'title')),
    stickerId: asId(valueAt(payload, 'sticker_id')),
    payload: withIdsAsText(value),
  });
}

function optionalReplyTo(message: JsonObject): ReplyTo | undefined {
  const replyTo = optionalObject(message, 'reply_to');
  if (!replyTo) return undefined;
  return within('reply_to', () => {
    const story = optionalObject(replyTo, 'story');
    const isSelfReply = valueAt(replyTo, 'is_self_reply');
    return compact<ReplyTo>({
      mid: optionalMid(replyTo, 'mid'),
      isSelfReply: typeof isSelfReply === 'boolean' ? isSelfReply : undefined,
      storyId: story && optionalId(story, 'id'),
    });
  });
}

/** Set beside the summary of a lead ad (discovery/lead-generation-ads-in-messenger, 2026-10-06). */
function hopAppId(item: JsonObject): string | undefined {
  const hop = valueAt(item, 'hop_context');
  return isObject(hop) ? asId(valueAt(hop, 'app_id')) : undefined;
}
