import { textOf } from '../../shared/forms.ts';
import { Dialog } from '../parts/dialog.tsx';

interface GiveBackDialogProps {
  readonly onClose: () => void;
  readonly onGiveBack: (note: string) => void;
}

/** Asks for a word for the bot. */
export function GiveBackDialog({ onClose, onGiveBack }: GiveBackDialogProps) {
  return (
    <Dialog
      title="Give back to the bot"
      submitWords="Give back"
      onClose={onClose}
      onSubmit={(fields) => onGiveBack(textOf(fields, 'note'))}
    >
      <label>
        Note for the bot (the person does not see it)
        <textarea name="note" rows={3} maxLength={2000} autofocus />
      </label>
    </Dialog>
  );
}
