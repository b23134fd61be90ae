import type { Item } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { formatFull } from '../parts/times.ts';
import { useList } from '../parts/use-list.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { RetryOrDrop } from './retry-or-drop.tsx';

type DeadPost = Item<'/webhooks/dead'>;

/** Events that another system never took. */
export function DeadWebhooks() {
  const { api, attempt } = useDesk();
  const list = useList<DeadPost>((query, signal) => api.GET('/webhooks/dead', { params: { query }, signal }), []);

  async function retry(ids: readonly number[]): Promise<void> {
    await attempt(() => api.POST('/webhooks/dead/retry', { body: { ids: [...ids] } }), 'They are being posted again.');
    list.reload();
  }
  async function drop(id: number): Promise<void> {
    await attempt(() => api.POST('/webhooks/dead/drop', { body: { ids: [id] } }), 'It is deleted.');
    list.reload();
  }

  const columns: readonly Column<DeadPost>[] = [
    { name: 'Destination', cell: ({ destination }) => destination },
    { name: 'What', cell: ({ topic }) => topic },
    { name: 'When', cell: ({ at }) => <time dateTime={at}>{formatFull(at)}</time> },
    { name: 'Why', cell: ({ attempts, trouble }) => `${trouble} (${attempts} tries)` },
    {
      name: 'Change',
      isNameHidden: true,
      cell: ({ id, topic, destination }) => (
        <RetryOrDrop
          about={`${topic} for ${destination}`}
          onRetry={() => void retry([id])}
          onDrop={() => drop(id)}
          dropQuestion="The other system never hears of it. It cannot be undone."
        />
      ),
    },
  ];
  const items = list.data?.items ?? [];
  return (
    <Panel
      title="Posts that were given up"
      words="What another system did not take, although it was posted again and again. Mend the other system first, then retry."
      actions={
        items.length > 1 && (
          <button type="button" onClick={() => void retry(items.map(({ id }) => id))}>
            Retry these {items.length}
          </button>
        )
      }
    >
      <WhenLoaded loaded={list}>
        {() =>
          items.length === 0 ? (
            <p class="soft">There are none.</p>
          ) : (
            <>
              <DataTable label="Posts that were given up" columns={columns} rows={items} keyOf={({ id }) => id} />
              <MoreButton list={list} />
            </>
          )
        }
      </WhenLoaded>
    </Panel>
  );
}
