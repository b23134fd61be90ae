import { useState } from 'preact/hooks';
import { useDesk, type Conversation } from '../desk-context.ts';
import { nameOf } from '../inbox/names.ts';
import { Dialog } from '../parts/dialog.tsx';
import { goTo, toAddress } from '../route.ts';

interface EraseDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** What has to be typed, so that nobody erases by a slip. */
const WORD = 'erase';

/** Asks twice, then erases the person. */
export function EraseDialog({ conversation, onClose }: EraseDialogProps) {
  const { api, attempt } = useDesk();
  const [typed, setTyped] = useState('');
  const { id } = conversation;
  async function erase(): Promise<void> {
    const done = 'The erasure has begun; some seconds later nothing is left.';
    const isDone = await attempt(() => api.POST('/conversations/{id}/erase', { params: { path: { id } } }), done);
    if (isDone) goTo(toAddress({ view: 'inbox' }));
    else onClose();
  }
  return (
    <Dialog
      title={`Erase ${nameOf(conversation)}`}
      submitWords="Erase for ever"
      isDangerous
      isSubmitDisabled={typed.trim().toLowerCase() !== WORD}
      onClose={onClose}
      onSubmit={erase}
    >
      <p>
        Messages, leads, notes and everything else of this person are deleted, here and in Temporal. It cannot be
        undone.
      </p>
      <label>
        Type “{WORD}” to confirm
        <input
          autofocus
          autocomplete="off"
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
    </Dialog>
  );
}
