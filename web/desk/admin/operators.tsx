import { useState } from 'preact/hooks';
import type { Schemas } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { ConfirmButton } from '../parts/confirm-dialog.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { formatFull } from '../parts/times.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { AddOperatorDialog } from './add-operator-dialog.tsx';
import { PageNames } from './page-names.tsx';
import { ROLES } from './roles.ts';

type Operator = Schemas['Operator'];

/** Who may use the desk. */
export function Operators() {
  const { api } = useDesk();
  const operators = useLoaded((signal) => api.GET('/operators', { signal }), []);
  const [isAdding, setIsAdding] = useState(false);
  return (
    <Panel
      title="Operators"
      words="People and programs that may use the desk. Nobody can be deleted, because the operator log names them; a disabled operator is refused at once."
      actions={
        <button type="button" class="primary" onClick={() => setIsAdding(true)}>
          Add an operator …
        </button>
      }
    >
      <WhenLoaded loaded={operators}>
        {({ items }) => <OperatorTable operators={items} onChange={operators.reload} />}
      </WhenLoaded>
      {isAdding && <AddOperatorDialog onClose={() => setIsAdding(false)} onAdd={operators.reload} />}
    </Panel>
  );
}

interface OperatorTableProps {
  readonly operators: readonly Operator[];
  readonly onChange: () => void;
}

function OperatorTable({ operators, onChange }: OperatorTableProps) {
  const columns: readonly Column<Operator>[] = [
    { name: 'Name', cell: ({ name }) => <strong>{name}</strong> },
    { name: 'May', cell: ({ role }) => ROLES[role] },
    { name: 'Pages', cell: ({ account }) => account && <PageNames pages={account.pages} /> },
    { name: 'Logs in with', cell: ({ account }) => (account?.hasPassword ? 'Password' : 'Tokens alone') },
    {
      name: 'Last seen',
      cell: ({ account }) =>
        account?.lastSeenAt ? <time dateTime={account.lastSeenAt}>{formatFull(account.lastSeenAt)}</time> : 'Not known',
    },
    {
      name: 'Change',
      isNameHidden: true,
      cell: (operator) => <OperatorSwitch operator={operator} onChange={onChange} />,
    },
  ];
  return <DataTable label="Operators" columns={columns} rows={operators} keyOf={({ name }) => name} />;
}

interface OperatorSwitchProps {
  readonly operator: Operator;
  readonly onChange: () => void;
}

function OperatorSwitch({ operator: { name, disabled }, onChange }: OperatorSwitchProps) {
  const { api, session, attempt } = useDesk();
  const params = { path: { name } };
  if (name === session.name) return <span class="soft">You</span>;
  async function change(work: () => Promise<unknown>, done: string): Promise<void> {
    await attempt(work, done);
    onChange();
  }
  return (
    <span class="buttons">
      {disabled ? (
        <>
          <span class="badge bad">disabled</span>
          <button
            type="button"
            aria-label={`Enable ${name}`}
            onClick={() =>
              void change(() => api.POST('/operators/{name}/enable', { params }), `${name} may log in again.`)
            }
          >
            Enable
          </button>
        </>
      ) : (
        <ConfirmButton
          words="Disable"
          about={name}
          question="They are logged out at once, and their tokens are refused. You can enable them again."
          onConfirm={() => change(() => api.POST('/operators/{name}/disable', { params }), `${name} is disabled.`)}
        />
      )}
    </span>
  );
}
