import { textOf } from '../../shared/forms.ts';
import { useDesk, type Session } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';
import { pagesOf } from './page-ids.ts';
import { ROLES } from './roles.ts';

interface AddOperatorDialogProps {
  readonly onClose: () => void;
  readonly onAdd: () => void;
}

const ROLE_ORDER = ['agent', 'viewer', 'admin'] as const satisfies readonly Session['role'][];

/** Asks for a new operator. */
export function AddOperatorDialog({ onClose, onAdd }: AddOperatorDialogProps) {
  const { api, attempt } = useDesk();

  async function add(fields: FormData): Promise<void> {
    const name = textOf(fields, 'name');
    const role = ROLE_ORDER.find((known) => known === fields.get('role')) ?? 'agent';
    const pages = pagesOf(fields);
    // A password may begin or end with a space.
    const password = fields.get('password');
    const body = { name, role, ...(pages && { pages }), ...(typeof password === 'string' && { password }) };
    const isDone = await attempt(() => api.POST('/operators', { body }), `${name} may log in.`);
    if (!isDone) return;
    onAdd();
    onClose();
  }

  return (
    <Dialog title="Add an operator" submitWords="Add" onClose={onClose} onSubmit={add}>
      <label>
        Name
        <input name="name" required maxLength={64} autocomplete="off" autofocus />
      </label>
      <label>
        May
        <select name="role">
          {ROLE_ORDER.map((role) => (
            <option key={role} value={role}>
              {ROLES[role]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Password, 12 characters or more
        <input type="password" name="password" minLength={12} maxLength={256} autocomplete="new-password" required />
      </label>
      <label>
        Only these Pages (ids, with spaces between them; empty: all)
        <input name="pages" inputMode="numeric" autocomplete="off" />
      </label>
    </Dialog>
  );
}
