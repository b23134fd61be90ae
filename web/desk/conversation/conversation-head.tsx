import { useState } from 'preact/hooks';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk, type Conversation } from '../desk-context.ts';
import { nameOf } from '../inbox/names.ts';
import { Face } from '../parts/face.tsx';
import { Icon } from '../parts/icon.tsx';
import { useNow } from '../parts/now.ts';
import { formatShort, formatSpan } from '../parts/times.ts';
import { toAddress, type InboxList, type Route } from '../route.ts';
import { GiveBackDialog } from './give-back-dialog.tsx';
import { MoreMenu } from './more-menu.tsx';

interface ConversationHeadProps {
  readonly conversation: Conversation;
  readonly list: InboxList;
  readonly query: Route['query'];
  readonly isCardOpen: boolean;
  readonly onCard: () => void;
  readonly onChange: () => void;
}

/** Who the person is, who answers, and take over or give back. */
export function ConversationHead({ conversation, list, query, isCardOpen, onCard, onChange }: ConversationHeadProps) {
  const { api, session, attempt } = useDesk();
  const now = useNow();
  const [isGivingBack, setIsGivingBack] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const { id, state, heldBy } = conversation;
  const isMine = heldBy === session.name;
  const isOthers = heldBy !== null && !isMine;
  const mayTake = includesRole(session.role, isOthers ? 'admin' : 'agent') && !isMine;
  const mayGive =
    includesRole(session.role, 'agent') && state !== 'bot' && (!isOthers || includesRole(session.role, 'admin'));

  async function takeOver(): Promise<void> {
    setIsBusy(true);
    const body = isOthers ? { force: true } : {};
    await attempt(() => api.POST('/conversations/{id}/take-over', { params: { path: { id } }, body }));
    setIsBusy(false);
    onChange();
  }
  async function giveBack(note: string): Promise<void> {
    setIsGivingBack(false);
    const body = note === '' ? {} : { note };
    await attempt(() => api.POST('/conversations/{id}/give-back', { params: { path: { id } }, body }));
    onChange();
  }

  return (
    <header class="bar">
      <a class="quiet back" href={toAddress({ view: 'inbox', parts: [list], query })} aria-label="Back to the list">
        <Icon name="back" />
      </a>
      <Face name={nameOf(conversation)} id={id} />
      <div class="title">
        <h2>{nameOf(conversation)}</h2>
        <p class="soft" role="status" aria-label="Who answers">
          {answererOf(conversation, session.name, now)}
        </p>
      </div>
      <div class="actions">
        {mayTake && (
          <button type="button" class="primary" disabled={isBusy} onClick={() => void takeOver()}>
            {isOthers ? `Take it from ${heldBy}` : 'Take over'}
          </button>
        )}
        {mayGive && (
          <button type="button" onClick={() => setIsGivingBack(true)}>
            Give back
          </button>
        )}
        <MoreMenu conversation={conversation} onChange={onChange} />
        <button
          type="button"
          class="quiet"
          aria-label="About the person"
          title="About the person"
          aria-expanded={isCardOpen}
          onClick={onCard}
        >
          <Icon name="person" />
        </button>
      </div>
      {isGivingBack && (
        <GiveBackDialog onClose={() => setIsGivingBack(false)} onGiveBack={(note) => void giveBack(note)} />
      )}
    </header>
  );
}

function answererOf(conversation: Conversation, me: string, now: number): string {
  const { state, heldBy, waitingSince, botAnswersAt, reason, snoozedUntil } = conversation;
  const until = botAnswersAt === null ? '' : ` · the bot answers again ${formatShort(botAnswersAt, now)}`;
  if (state === 'bot') return 'The bot answers';
  const why = reason === null ? '' : ` · ${reason}`;
  if (state === 'waiting') {
    const since = waitingSince === null ? '' : ` for ${formatSpan(now - Date.parse(waitingSince))}`;
    const snoozed = snoozedUntil === null ? '' : ` · snoozed until ${formatShort(snoozedUntil, now)}`;
    return `Waits for an operator${since}${why}${snoozed}`;
  }
  if (heldBy === me) return `You answer${until}`;
  return `${heldBy ?? 'Somebody outside everthread'} answers${until}`;
}
