import { includesRole } from '../../../src/domain/operator.ts';
import { textOf } from '../../shared/forms.ts';
import { useDesk, type Conversation } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { Dialog } from '../parts/dialog.tsx';

interface AssignDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
  readonly onChange: () => void;
}

/** Asks who answers from now on. */
export function AssignDialog({ conversation: { id, heldBy }, onClose, onChange }: AssignDialogProps) {
  const { api, attempt } = useDesk();
  const { data, error } = useLoaded(() => api.GET('/operators'), []);
  const names = (data?.items ?? [])
    .filter(({ name, role, disabled }) => !disabled && name !== heldBy && includesRole(role, 'agent'))
    .map(({ name }) => name);
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
      isSubmitDisabled={names.length === 0}
      onClose={onClose}
      onSubmit={(fields) => assign(textOf(fields, 'operator'))}
    >
      {error && <p role="alert">{error.message}</p>}
      {data && names.length === 0 && <p>There is no other operator who may answer.</p>}
      <label>
        Who answers from now on
        <select name="operator">
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </Dialog>
  );
}
