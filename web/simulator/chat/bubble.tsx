import type { TargetedMouseEvent } from 'preact';
import { formatDayAndTime, formatTime } from '../../shared/times.ts';
import { Card } from '../messages/card.tsx';
import { Figure } from '../messages/figure.tsx';
import { usePageActions } from '../page-actions.ts';
import type { MessageView } from '../views.ts';
import type { MessageRow } from './thread-rows.ts';

/** The reactions of Messenger, with the emoji that a webhook carries. */
const REACTIONS = { love: '❤️', smile: '😆', wow: '😮', sad: '😢', angry: '😠', like: '👍' };
const SENDERS: Partial<Record<MessageView['author'], string>> = {
  inbox: 'Staff, from the Page inbox',
  other_app: 'Another app of the Page',
};
const MARKS: Record<MessageView['mark'], string> = {
  waiting: 'Sending…',
  delivered: 'Delivered',
  seen: 'Seen by the Page',
  read: 'Read',
};

interface BubbleProps {
  readonly row: MessageRow;
  readonly timezone: number;
}

/** One message of either side, with its sender, reactions and mark. */
export function Bubble({ row: { message, isFirst, isLast, hasMark }, timezone }: BubbleProps) {
  const { mid, author, at, mark, persona, edits } = message;
  const isPerson = author === 'person';
  const sender = persona === undefined ? isFirst && SENDERS[author] : `Persona ${persona}`;
  return (
    <div
      class={isPerson ? 'row mine' : 'row page'}
      data-author={author}
      data-first={isFirst}
      data-last={isLast}
      data-mid={mid}
    >
      {sender && <span class="from">{sender}</span>}
      <div class="line">
        <Content message={message} timezone={timezone} />
        {!message.isUnsent && <MessageMenu message={message} />}
      </div>
      {hasMark && (
        <span class="mark" data-mark={mark}>
          {MARKS[mark]} · {formatTime(at, timezone)}
          {edits !== undefined && ' · edited'}
        </span>
      )}
    </div>
  );
}

function Content({ message, timezone }: { readonly message: MessageView; readonly timezone: number }) {
  const { highlight } = usePageActions();
  const { mid, at, quote, text, isTapped, cards, figure, reaction = '', pageReaction = '' } = message;
  const reactions = reaction + pageReaction;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- a short cut; the timeline itself has the focus
    <div class="content" title={formatDayAndTime(at, timezone)} onClick={() => highlight(mid)}>
      {quote !== undefined && <p class="quote">{quote}</p>}
      {message.isUnsent && <p class="bubble unsent">Took a message back</p>}
      {text !== undefined && (
        <p class="bubble" data-tapped={isTapped}>
          {text}
        </p>
      )}
      {cards.length > 0 && (
        <div class="cards" tabIndex={cards.length > 1 ? 0 : -1}>
          {cards.map((card, index) => (
            <Card key={index} card={card} mid={mid} />
          ))}
        </div>
      )}
      {figure && <Figure figure={figure} mid={mid} />}
      {reactions !== '' && <span class="reaction">{reactions}</span>}
    </div>
  );
}

/** What a person can do to a message: react and reply to the Page's, edit and take back their own. */
function MessageMenu({ message }: { readonly message: MessageView }) {
  const { react, compose, unsend } = usePageActions();
  const { mid, author, text, reaction, isTapped } = message;
  const isOwn = author === 'person';
  const words = text ?? 'a message';
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-static-element-interactions -- the buttons inside take the clicks
    <details class="react" onClick={closeAfterChoice}>
      <summary aria-label={isOwn ? 'Change the message' : 'React'}>{isOwn ? '⋯' : '☺'}</summary>
      <div class="choices">
        {!isOwn &&
          Object.entries(REACTIONS).map(([name, emoji]) => (
            <button
              key={name}
              type="button"
              aria-label={emoji === reaction ? `Take ${name} back` : name}
              onClick={() => react(mid, emoji === reaction ? null : name)}
            >
              {emoji}
            </button>
          ))}
        <button type="button" class="word" onClick={() => compose({ kind: 'reply', mid, words })}>
          Reply
        </button>
        {isOwn && text !== undefined && !isTapped && (
          <button type="button" class="word" onClick={() => compose({ kind: 'edit', mid, words })}>
            Edit
          </button>
        )}
        {isOwn && !isTapped && (
          <button type="button" class="word" onClick={() => unsend(mid)}>
            Take back
          </button>
        )}
      </div>
    </details>
  );
}

function closeAfterChoice({ target, currentTarget }: TargetedMouseEvent<HTMLDetailsElement>): void {
  if (target instanceof HTMLButtonElement) currentTarget.removeAttribute('open');
}
