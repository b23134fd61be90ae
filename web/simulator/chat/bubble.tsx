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
  const { mid, author, at, mark, persona, reaction } = message;
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
        {!isPerson && <ReactButton mid={mid} current={reaction} />}
      </div>
      {hasMark && (
        <span class="mark" data-mark={mark}>
          {MARKS[mark]} · {formatTime(at, timezone)}
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

function ReactButton({ mid, current }: { readonly mid: string; readonly current: string | undefined }) {
  const { react } = usePageActions();
  return (
    <details class="react">
      <summary aria-label="React">☺</summary>
      <div class="choices">
        {Object.entries(REACTIONS).map(([name, emoji]) => (
          <button
            key={name}
            type="button"
            aria-label={emoji === current ? `Take ${name} back` : name}
            onClick={({ currentTarget }) => {
              currentTarget.closest('details')?.removeAttribute('open');
              react(mid, emoji === current ? null : name);
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
    </details>
  );
}
