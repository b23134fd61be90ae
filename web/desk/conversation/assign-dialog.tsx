import { textOf } from '../../shared/forms.ts';
import { useDesk, type Conversation } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';

interface AssignDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
  readonly onChange: () => void;
}

/** Asks who answers from now on. */
export function AssignDialog({ conversation: { id }, onClose, onChange }: AssignDialogProps) {
  const { api, attempt } = useDesk();
  async function assign(operator: string): Promise<void> {
    const request = { params: { path: { id } }, body: { operator } };
    if (await attempt(() => api.POST('/conversations/{id}/assign', request), `${operator} answers from now on.`))
      onClose();
    onChange();
  }
  return (
    <Dialog
      title="Assign to an operator"
      submitWords="Assign"
      onClose={onClose}
      onSubmit={(fields) => void assign(textOf(fields, 'operator'))}
    >
      <label>
        Name of the operator
        <input name="operator" required maxLength={64} autofocus />
      </label>
    </Dialog>
  );
}
