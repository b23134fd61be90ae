import type { Item, Schemas } from '../../../src/client/index.ts';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { formatFull } from '../parts/times.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { conversationAddress } from '../route.ts';
import { RetryOrDrop } from './retry-or-drop.tsx';

type DeadEvent = Item<'/dead-events'>;
type Quarantined = Schemas['DeadEventList']['workflows'][number];

/** So many are shown; those behind them follow when these are gone. */
const MAX_SHOWN = 100;

interface DeadEventsProps {
  readonly onChange: () => void;
}

/** Events that no conversation got, and conversations that no worker runs. */
export function DeadEvents({ onChange }: DeadEventsProps) {
  const { api, session, attempt } = useDesk();
  const mayRepair = includesRole(session.role, 'admin');
  const dead = useLoaded((signal) => api.GET('/dead-events', { params: { query: { limit: MAX_SHOWN } }, signal }), []);
  async function change(work: () => Promise<unknown>, done: string): Promise<void> {
    await attempt(work, done);
    dead.reload();
    onChange();
  }
  const retry = (ids: readonly number[]) =>
    change(() => api.POST('/dead-events/retry', { body: { ids: [...ids] } }), 'It is delivered again.');
  const drop = (id: number) =>
    change(() => api.POST('/dead-events/drop', { body: { ids: [id] } }), 'It is given up for good.');
  const release = (id: string) =>
    change(() => api.POST('/dead-events/retry', { body: { workflows: [id] } }), 'The bot tries it again.');

  const eventColumns: readonly Column<DeadEvent>[] = [
    { name: 'When', cell: ({ receivedAt }) => <time dateTime={receivedAt}>{formatFull(receivedAt)}</time> },
    { name: 'What', cell: ({ kind }) => kind },
    { name: 'Conversation', cell: ({ conversation }) => <ConversationLink id={conversation} /> },
    { name: 'Why', cell: ({ reason }) => reason },
    {
      name: 'Change',
      isNameHidden: true,
      cell: ({ id, kind }) =>
        mayRepair && (
          <RetryOrDrop
            about={`${kind} ${id}`}
            onRetry={() => void retry([id])}
            onDrop={() => drop(id)}
            dropQuestion="The bot never sees it. It cannot be undone."
          />
        ),
    },
  ];
  const workflowColumns: readonly Column<Quarantined>[] = [
    { name: 'Since', cell: ({ at }) => <time dateTime={at}>{formatFull(at)}</time> },
    { name: 'Conversation', cell: ({ conversation }) => <ConversationLink id={conversation} /> },
    { name: 'Why', cell: ({ words, strikes }) => `${words} (${strikes} times in a row)` },
    {
      name: 'Change',
      isNameHidden: true,
      cell: ({ id }) => mayRepair && <RetryOrDrop about={id} onRetry={() => void release(id)} />,
    },
  ];
  return (
    <>
      <Panel
        title="Events that could not be delivered"
        words="Something that a person did, and the bot never saw. Retry it after its cause is mended; drop it if it no longer matters."
        actions={
          mayRepair &&
          (dead.data?.items.length ?? 0) > 1 && (
            <button type="button" onClick={() => void retry((dead.data?.items ?? []).map(({ id }) => id))}>
              Retry these {dead.data?.items.length}
            </button>
          )
        }
      >
        <WhenLoaded loaded={dead}>
          {({ items, nextCursor }) =>
            items.length === 0 ? (
              <p class="soft">There are none.</p>
            ) : (
              <>
                <DataTable
                  label="Events that could not be delivered"
                  columns={eventColumns}
                  rows={items}
                  keyOf={({ id }) => id}
                />
                {nextCursor !== null && <p class="soft">There are more. They follow when these are gone.</p>}
              </>
            )
          }
        </WhenLoaded>
      </Panel>
      {dead.data && (
        <Panel
          title="Conversations that the bot has stopped"
          words="A mistake in the bot ended or held up the server there, so that it is left alone (quarantined). A new version of the bot tries again by itself."
        >
          {dead.data.workflows.length === 0 ? (
            <p class="soft">There are none.</p>
          ) : (
            <DataTable
              label="Conversations that the bot has stopped"
              columns={workflowColumns}
              rows={dead.data.workflows}
              keyOf={({ id }) => id}
            />
          )}
        </Panel>
      )}
    </>
  );
}

function ConversationLink({ id }: { readonly id: string | null }) {
  if (id === null) return <>None</>;
  return <a href={conversationAddress(id)}>Person …{id.slice(-4)}</a>;
}
