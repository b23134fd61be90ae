import { textOf } from '../../shared/forms.ts';
import { useDesk } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';

interface StartDialogProps {
  readonly name: string;
  /** Of the latest run; null: there was none. */
  readonly latestEdition: string | null;
  readonly onClose: () => void;
  readonly onStart: () => void;
}

/** Asks which edition to send, and starts. */
export function StartDialog({ name, latestEdition, onClose, onStart }: StartDialogProps) {
  const { api, attempt } = useDesk();
  async function start(fields: FormData): Promise<void> {
    const body = { edition: textOf(fields, 'edition') };
    onClose();
    await attempt(() => api.POST('/broadcasts/{name}/start', { params: { path: { name } }, body }), `${name} starts.`);
    onStart();
  }
  return (
    <Dialog title={`Start ${name}`} submitWords="Start" onClose={onClose} onSubmit={start}>
      <p>Messages go out at once, and cannot be taken back.</p>
      <label>
        Edition
        <input
          name="edition"
          required
          maxLength={50}
          autocomplete="off"
          autofocus
          defaultValue={latestEdition ?? '1'}
        />
      </label>
      <p class="soft">
        Each person gets an edition once. Keep the name to reach those who have not got it yet; choose a new one, such
        as “2” or “march”, to write to everybody again.
      </p>
    </Dialog>
  );
}
