import { useState } from 'preact/hooks';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk, type Conversation } from '../desk-context.ts';
import { Icon } from '../parts/icon.tsx';
import { useCloseOnOutside } from '../parts/use-close-on-outside.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { EraseDialog } from './erase-dialog.tsx';
import { SnoozeDialog } from './snooze-dialog.tsx';

interface MoreMenuProps {
  readonly conversation: Conversation;
  readonly onChange: () => void;
}

type DialogName = 'assign' | 'snooze' | 'erase';

/** What is done less often: assign, snooze, opt-out, export, erase. */
export function MoreMenu({ conversation, onChange }: MoreMenuProps) {
  const { api, session, attempt } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const [dialog, setDialog] = useState<DialogName>();
  const menu = useCloseOnOutside(isOpen, () => setIsOpen(false));
  const { id, state, snoozedUntil, contact } = conversation;
  const params = { path: { id } };

  async function act(work: () => Promise<unknown>, done: string): Promise<void> {
    setIsOpen(false);
    await attempt(work, done);
    onChange();
  }
  function ask(name: DialogName): void {
    setIsOpen(false);
    setDialog(name);
  }

  const isAgent = includesRole(session.role, 'agent');
  const isAdmin = includesRole(session.role, 'admin');
  if (!isAgent) return null;
  return (
    <span class="menu" ref={menu}>
      <button
        type="button"
        class="quiet"
        aria-label="More"
        title="More"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <span class="popup" role="group" aria-label="More to do">
          {isAdmin && (
            <button type="button" onClick={() => ask('assign')}>
              Assign to an operator …
            </button>
          )}
          {state === 'waiting' && snoozedUntil === null && (
            <button type="button" onClick={() => ask('snooze')}>
              Snooze …
            </button>
          )}
          {snoozedUntil !== null && (
            <button
              type="button"
              onClick={() => void act(() => api.DELETE('/conversations/{id}/snooze', { params }), 'It is not snoozed.')}
            >
              End the snooze
            </button>
          )}
          {contact.optedOutAt === null ? (
            <button
              type="button"
              onClick={() =>
                void act(() => api.POST('/conversations/{id}/opt-out', { params }), 'The person gets no updates.')
              }
            >
              Opt out: no more updates
            </button>
          ) : (
            <button
              type="button"
              onClick={() =>
                void act(() => api.POST('/conversations/{id}/opt-in', { params }), 'The person gets updates again.')
              }
            >
              Opt in: updates again
            </button>
          )}
          {isAdmin && (
            <>
              <a
                href={`../api/v1/conversations/${encodeURIComponent(id)}/export`}
                download={`${id.replaceAll(':', '-')}.json`}
              >
                Export everything of the person
              </a>
              <button type="button" class="danger" onClick={() => ask('erase')}>
                Erase the person …
              </button>
            </>
          )}
        </span>
      )}
      {dialog === 'assign' && (
        <AssignDialog conversation={conversation} onClose={() => setDialog(undefined)} onChange={onChange} />
      )}
      {dialog === 'snooze' && (
        <SnoozeDialog conversation={conversation} onClose={() => setDialog(undefined)} onChange={onChange} />
      )}
      {dialog === 'erase' && <EraseDialog conversation={conversation} onClose={() => setDialog(undefined)} />}
    </span>
  );
}
