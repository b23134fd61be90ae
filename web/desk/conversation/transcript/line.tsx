import { NEW_TAB, safeUrl } from '../../../shared/links.ts';
import type { Conversation, Message } from '../../desk-context.ts';
import { nameOf } from '../../inbox/names.ts';
import { formatFull, formatTime } from '../../parts/times.ts';

interface LineProps {
  readonly line: Message;
  /** The line above it on the same day. */
  readonly before: Message | undefined;
  readonly conversation: Conversation;
}

const MARKS: Readonly<Record<Message['status'], string>> = {
  received: '',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  pending: 'Waits to be sent',
  refused: 'Not sent',
  failed: 'Not sent',
  unknown: 'Perhaps delivered',
};
/** Lines of one author within this time are shown together. */
const TOGETHER_MS = 5 * 60_000;

/** A message, with its author and what became of it. */
export function Line({ line, before, conversation }: LineProps) {
  const { author, text, attachments, at, editedAt, status, words } = line;
  const isTogether =
    before?.author === author &&
    before.authorName === line.authorName &&
    Date.parse(at) - Date.parse(before.at) < TOGETHER_MS;
  const mark = MARKS[status];
  const isTrouble = status === 'refused' || status === 'failed' || status === 'unknown';
  return (
    <div class="message" data-author={author} data-together={isTogether}>
      {!isTogether && <p class="author">{authorOf(line, conversation)}</p>}
      <div class="bubble" data-status={status} title={formatFull(at)}>
        {text !== null && <p class="text">{text}</p>}
        {attachments.map(({ type, url }, index) => (
          <Attachment key={index} type={type} url={url} />
        ))}
        {text === null && attachments.length === 0 && <p class="soft">(a message without text)</p>}
      </div>
      <p class={isTrouble ? 'marks trouble' : 'marks'}>
        <time dateTime={at}>{formatTime(at)}</time>
        {editedAt !== null && ' · edited'}
        {mark && ` · ${mark}`}
        {words !== null && `: ${words}`}
      </p>
    </div>
  );
}

function authorOf({ author, authorName }: Message, conversation: Conversation): string {
  switch (author) {
    case 'person':
      return nameOf(conversation);
    case 'bot':
      return authorName === null ? 'Bot' : `Bot · ${authorName}`;
    case 'operator':
      return authorName ?? 'An operator';
    default:
      return authorName ?? 'Another app';
  }
}

function Attachment({ type, url }: Message['attachments'][number]) {
  if (url === null) return <p class="soft">({type})</p>;
  const address = safeUrl(url);
  if (type === 'image' && address !== '#') {
    return (
      <a href={address} {...NEW_TAB}>
        <img src={address} alt="What was sent" loading="lazy" referrerpolicy="no-referrer" />
      </a>
    );
  }
  if (type === 'audio' && address !== '#') return <audio controls src={address} preload="none" />;
  if (type === 'video' && address !== '#') return <video controls src={address} preload="none" />;
  return (
    <a href={address} {...NEW_TAB}>
      Open {type === 'file' ? 'the file' : `“${type}”`}
    </a>
  );
}
