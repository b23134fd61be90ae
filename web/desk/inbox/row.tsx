import type { Summary } from '../desk-context.ts';
import { Face } from '../parts/face.tsx';
import { useNow } from '../parts/now.ts';
import { formatShort, formatSpan } from '../parts/times.ts';
import { WindowBadge } from '../parts/window-badge.tsx';
import { conversationAddress, type InboxList, type Route } from '../route.ts';
import { nameOf } from './names.ts';

interface RowProps {
  readonly summary: Summary;
  readonly list: InboxList;
  readonly query: Route['query'];
  readonly isOpen: boolean;
}

const AUTHORS = { person: '', bot: 'Bot: ', operator: 'Operator: ', other_app: 'Other app: ' } as const;

/** A conversation in the list. */
export function Row({ summary, list, query, isOpen }: RowProps) {
  const now = useNow();
  const { id, unread, state, heldBy, waitingSince, snoozedUntil, lastActionAt, tags } = summary;
  const name = nameOf(summary);
  return (
    <a
      class="row"
      href={conversationAddress(id, list, query)}
      aria-current={isOpen ? 'true' : undefined}
      data-unread={unread}
    >
      <Face name={name} id={id} />
      <span class="who">
        <strong>{name}</strong>
        {unread && <span class="unseen">, unread</span>}
      </span>
      <time dateTime={lastActionAt ?? undefined}>{lastActionAt === null ? '' : formatShort(lastActionAt, now)}</time>
      <span class="line">{lastLineOf(summary)}</span>
      <span class="badges">
        {state === 'waiting' && waitingSince !== null && (
          <span class="badge wait">waits {formatSpan(now - Date.parse(waitingSince))}</span>
        )}
        {snoozedUntil !== null && <span class="badge">snoozed until {formatShort(snoozedUntil, now)}</span>}
        {heldBy !== null && <span class="badge held">{heldBy}</span>}
        <WindowBadge closesAt={summary.windowClosesAt} now={now} />
        {tags.slice(0, 2).map((tag) => (
          <span key={tag} class="badge tag">
            {tag}
          </span>
        ))}
      </span>
    </a>
  );
}

function lastLineOf({ lastLine }: Summary): string {
  if (!lastLine) return 'No message yet';
  const { author, text, attachments } = lastLine;
  return `${AUTHORS[author]}${text ?? (attachments.length > 0 ? `(${attachments.join(', ')})` : '(no text)')}`;
}
