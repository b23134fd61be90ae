import type { Item } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { formatFull } from '../parts/times.ts';
import { useList } from '../parts/use-list.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { conversationAddress } from '../route.ts';

type LogLine = Item<'/operator-log'>;

const INTERFACES = { desk: 'Desk', api: 'A program', cli: 'Command line' } as const;

const COLUMNS: readonly Column<LogLine>[] = [
  { name: 'When', cell: ({ at }) => <time dateTime={at}>{formatFull(at)}</time> },
  { name: 'Who', cell: ({ operator }) => operator },
  { name: 'With', cell: (line) => INTERFACES[line.interface] },
  { name: 'What', cell: ({ action }) => toWords(action) },
  {
    name: 'Conversation',
    cell: ({ conversation }) =>
      conversation && <a href={conversationAddress(conversation)}>Person …{conversation.slice(-4)}</a>,
  },
  { name: 'Outcome', cell: ({ status }) => outcomeOf(status) },
];

/** What operators did. */
export function OperatorLog() {
  const { api } = useDesk();
  const list = useList<LogLine>((query, signal) => api.GET('/operator-log', { params: { query }, signal }), []);
  return (
    <Panel
      title="Operator log"
      words="Everything that operators changed or tried to change, the newest first. It never has a text of a message."
      actions={
        <button type="button" disabled={list.isLoading} onClick={list.reload}>
          Refresh
        </button>
      }
    >
      <WhenLoaded loaded={list}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="soft">Nobody has changed anything yet.</p>
          ) : (
            <>
              <DataTable label="Operator log" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
              <MoreButton list={list} />
            </>
          )
        }
      </WhenLoaded>
    </Panel>
  );
}

/** `addSavedReply` in words: “Add saved reply”. */
function toWords(action: string): string {
  const words = action.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function outcomeOf(status: number | null) {
  if (status === null) return 'Not known: the server ended first';
  if (status < 400) return <span class="good">Done</span>;
  return <span class="failure">Refused ({status})</span>;
}
