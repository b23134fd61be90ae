import type { ComponentChildren } from 'preact';

/** A column of a table. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Whether the name is for screen readers alone: what the cells have needs none. */
  readonly isNameHidden?: boolean;
}

interface DataTableProps<Row> {
  /** What the table has. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
}

/** A table; on a phone each row is a card, with the name of the column before each value. */
export function DataTable<Row>({ label, columns, rows, keyOf }: DataTableProps<Row>) {
  return (
    <table class="data" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ name, isNumber, isNameHidden }) => (
            <th key={name} scope="col" class={isNumber ? 'number' : undefined}>
              {isNameHidden ? <span class="unseen">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ name, cell, isNumber, isNameHidden }) => (
              <td key={name} class={isNumber ? 'number' : undefined} data-name={isNameHidden ? undefined : name}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
