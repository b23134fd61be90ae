import { useState } from 'preact/hooks';
import { textOf } from '../../../shared/forms.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { toLocalInput } from '../../parts/local-input.ts';

interface LaterDialogProps {
  readonly onClose: () => void;
  /** ISO 8601, UTC. */
  readonly onChoose: (at: string) => unknown;
}

const HOUR_MS = 3_600_000;
const MAX_AHEAD_MS = 30 * 24 * HOUR_MS;

/** Asks when a message goes out. */
export function LaterDialog({ onClose, onChoose }: LaterDialogProps) {
  const [now] = useState(Date.now);
  return (
    <Dialog
      title="Send later"
      submitWords="Send then"
      onClose={onClose}
      onSubmit={(fields) => onChoose(new Date(textOf(fields, 'at')).toISOString())}
    >
      <p class="soft">Meta's rules decide at that time. Cancel it beside the conversation.</p>
      <label>
        When, on your clock
        <input
          type="datetime-local"
          name="at"
          required
          defaultValue={toLocalInput(now + HOUR_MS)}
          min={toLocalInput(now)}
          max={toLocalInput(now + MAX_AHEAD_MS)}
        />
      </label>
    </Dialog>
  );
}
