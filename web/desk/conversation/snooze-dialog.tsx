import { useDesk, type Conversation } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';
import { formatFull } from '../parts/times.ts';

interface SnoozeDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
  readonly onChange: () => void;
}

const HOUR = 60;
const CHOICES: readonly { readonly minutes: number; readonly words: string }[] = [
  { minutes: 30, words: '30 minutes' },
  { minutes: 2 * HOUR, words: '2 hours' },
  { minutes: 24 * HOUR, words: '1 day' },
  { minutes: 7 * 24 * HOUR, words: '7 days' },
];

/** Asks for how long the conversation leaves the list of those that wait. */
export function SnoozeDialog({ conversation: { id }, onClose, onChange }: SnoozeDialogProps) {
  const { api, attempt } = useDesk();
  async function snooze(forMinutes: number): Promise<void> {
    const request = { params: { path: { id } }, body: { forMinutes } };
    const until = formatFull(Date.now() + forMinutes * 60_000);
    if (await attempt(() => api.POST('/conversations/{id}/snooze', request), `Snoozed until ${until}.`)) onClose();
    onChange();
  }
  return (
    <Dialog
      title="Snooze"
      submitWords="Snooze"
      onClose={onClose}
      onSubmit={(fields) => snooze(Number(fields.get('minutes')))}
    >
      <p class="soft">It comes back then, or when the person writes, for all operators.</p>
      <fieldset>
        <legend>For how long</legend>
        {CHOICES.map(({ minutes, words }, at) => (
          <label key={minutes} class="choice">
            <input type="radio" name="minutes" value={minutes} defaultChecked={at === 0} /> {words}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
