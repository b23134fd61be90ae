import { useState } from 'preact/hooks';
import type { Item } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { DeadWebhooks } from '../health/dead-webhooks.tsx';
import { useLoaded } from '../load.ts';
import { ConfirmButton } from '../parts/confirm-dialog.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { AddWebhookDialog } from './add-webhook-dialog.tsx';
import { PageNames } from './page-names.tsx';
import { SecretDialog, type NewSecret } from './secret-dialog.tsx';

type Destination = Item<'/webhooks'>;

/** Which other systems are told what happens. */
export function Webhooks() {
  const { api } = useDesk();
  const destinations = useLoaded((signal) => api.GET('/webhooks', { signal }), []);
  const [isAdding, setIsAdding] = useState(false);
  const [secret, setSecret] = useState<NewSecret>();
  return (
    <>
      <Panel
        title="Webhooks"
        words="Other systems, such as a CRM or Slack, that are told when something happens: a new lead, somebody who waits, an opt-out."
        actions={
          <button type="button" class="primary" onClick={() => setIsAdding(true)}>
            Add a destination …
          </button>
        }
      >
        <WhenLoaded loaded={destinations}>
          {({ items }) =>
            items.length === 0 ? (
              <p class="soft">No other system is told anything yet. Add the address that the other system gave you.</p>
            ) : (
              <DestinationTable destinations={items} onChange={destinations.reload} onSecret={setSecret} />
            )
          }
        </WhenLoaded>
      </Panel>
      <DeadWebhooks />
      {isAdding && (
        <AddWebhookDialog onClose={() => setIsAdding(false)} onAdd={destinations.reload} onSecret={setSecret} />
      )}
      {secret && <SecretDialog {...secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

interface DestinationTableProps {
  readonly destinations: readonly Destination[];
  readonly onChange: () => void;
  readonly onSecret: (secret: NewSecret) => void;
}

function DestinationTable({ destinations, onChange, onSecret }: DestinationTableProps) {
  const columns: readonly Column<Destination>[] = [
    { name: 'Name', cell: ({ name }) => <strong>{name}</strong> },
    { name: 'Posts to', cell: ({ host, format }) => (format === 'slack' ? `${host} (Slack)` : host) },
    { name: 'About', cell: ({ topics }) => topics.map((topic) => (topic === '*' ? 'everything' : topic)).join(', ') },
    { name: 'Pages', cell: ({ pages }) => <PageNames pages={pages} /> },
    { name: 'State', cell: (destination) => <DestinationState destination={destination} /> },
    {
      name: 'Change',
      isNameHidden: true,
      cell: (destination) => <DestinationButtons destination={destination} onChange={onChange} onSecret={onSecret} />,
    },
  ];
  return <DataTable label="Destinations" columns={columns} rows={destinations} keyOf={({ name }) => name} />;
}

function DestinationState({ destination: { disabled, pending, dead, trouble } }: { destination: Destination }) {
  return (
    <span class="pairs">
      {disabled ? <span class="failure">Disabled: {disabled.reason}</span> : <span class="good">Active</span>}
      {pending > 0 && <span>{pending} waiting</span>}
      {dead > 0 && <span class="failure">{dead} given up</span>}
      {trouble !== null && <span class="soft">Last try: {trouble}</span>}
    </span>
  );
}

interface DestinationButtonsProps extends Omit<DestinationTableProps, 'destinations'> {
  readonly destination: Destination;
}

function DestinationButtons({ destination, onChange, onSecret }: DestinationButtonsProps) {
  const { api, attempt } = useDesk();
  const { name, format, disabled } = destination;
  const params = { path: { name } };
  async function change(work: () => Promise<unknown>, done: string): Promise<void> {
    await attempt(work, done);
    onChange();
  }
  async function rotate(): Promise<void> {
    await attempt(async () => {
      const { secret } = await api.POST('/webhooks/{name}/rotate', { params });
      if (secret !== null) onSecret({ name, secret });
    });
  }
  return (
    <span class="buttons">
      {disabled && (
        <button
          type="button"
          aria-label={`Enable ${name}`}
          onClick={() => void change(() => api.POST('/webhooks/{name}/enable', { params }), `${name} is enabled.`)}
        >
          Enable
        </button>
      )}
      {format === 'standard' && (
        <ConfirmButton
          words="New secret"
          about={`for ${name}`}
          isDangerous={false}
          question="For a day the old secret works too. Give the new one to the administrator of the other system."
          onConfirm={rotate}
        />
      )}
      <ConfirmButton
        words="Remove"
        about={name}
        question="It is told nothing more, and what waits for it is deleted."
        onConfirm={() => change(() => api.DELETE('/webhooks/{name}', { params }), `${name} is removed.`)}
      />
    </span>
  );
}
