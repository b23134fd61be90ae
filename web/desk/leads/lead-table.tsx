import { nameOf } from '../inbox/names.ts';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { formatFull } from '../parts/times.ts';
import { conversationAddress } from '../route.ts';
import type { Lead } from './lead.ts';

const CONSENTS = { told: 'Was told', agreed: 'Agreed' } as const;

const COLUMNS: readonly Column<Lead>[] = [
  { name: 'When', cell: ({ at }) => <time dateTime={at}>{formatFull(at)}</time> },
  {
    name: 'Person',
    cell: ({ conversation, name }) => (
      <a href={conversationAddress(conversation)}>{nameOf({ id: conversation, name })}</a>
    ),
  },
  { name: 'Form', cell: ({ form }) => form },
  { name: 'Answers', cell: ({ fields }) => <Answers fields={fields} /> },
  {
    name: 'Consent',
    cell: ({ consent }) =>
      consent === null ? <span class="soft">None asked</span> : `${CONSENTS[consent.given]}: “${consent.text}”`,
  },
];

/** Leads with their answers, each with the conversation in which it was left. */
export function LeadTable({ leads }: { readonly leads: readonly Lead[] }) {
  return <DataTable label="Leads" columns={COLUMNS} rows={leads} keyOf={({ id }) => id} />;
}

function Answers({ fields }: Pick<Lead, 'fields'>) {
  return (
    <span class="pairs">
      {Object.entries(fields).map(([field, answer]) => (
        <span key={field}>
          <span class="fields-of">{field}: </span>
          {answer}
        </span>
      ))}
    </span>
  );
}
