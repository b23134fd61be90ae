import { useMemo, useState } from 'preact/hooks';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { Panel } from '../parts/view.tsx';
import { toAddress } from '../route.ts';
import { Canvas } from './canvas.tsx';
import { daysFrom } from './period-filter.tsx';
import { totalOf, type PlotContent } from './plots.ts';

interface PlotProps extends PlotContent {
  /** The first day. */
  readonly from: string;
  readonly days: number;
  /** The id of the Page that is counted; empty: all. */
  readonly page: string;
}

/** A plot over days, or the same as a table; both lead to the conversations of a day. */
export function Plot({ title, words, kind, unit, series, from, days, page }: PlotProps) {
  const [isTable, setIsTable] = useState(false);
  const [pointed, setPointed] = useState<number>();
  const all = useMemo(() => daysFrom(from, days), [from, days]);
  const day = pointed === undefined ? undefined : all[pointed];
  return (
    <Panel
      title={title}
      words={words}
      actions={
        <button
          type="button"
          aria-pressed={isTable}
          aria-label={`${title} as a table`}
          onClick={() => setIsTable(!isTable)}
        >
          Table
        </button>
      }
    >
      <ul class="legend" aria-label={`Total of ${title}`}>
        {series.map((one, at) => (
          <li key={one.name}>
            <span class="swatch" data-plot={at} aria-hidden="true" /> {one.name}:{' '}
            <strong>{valueWords(day === undefined ? summaryOf(one, kind) : (one.values.get(day) ?? 0))}</strong>
          </li>
        ))}
        <li class="soft">
          {unit}, {day === undefined ? (kind === 'bars' ? 'all days' : 'average of the days') : day}
        </li>
      </ul>
      {isTable ? (
        <PlotTable title={title} series={series} days={all} page={page} />
      ) : (
        <Canvas title={title} kind={kind} series={series} days={all} onPoint={setPointed} />
      )}
      <p class="soft">
        <a href={toAddress({ view: 'inbox', parts: ['all'], query: { page } })}>Conversations</a>
        {!isTable && ' of all days; the table leads to those of one day.'}
      </p>
    </Panel>
  );
}

interface PlotTableProps extends Pick<PlotProps, 'title' | 'series' | 'page'> {
  readonly days: readonly string[];
}

function PlotTable({ title, series, days, page }: PlotTableProps) {
  const columns: readonly Column<string>[] = [
    {
      name: 'Day (UTC)',
      cell: (day) => <a href={toAddress({ view: 'inbox', parts: ['all'], query: { page, on: day } })}>{day}</a>,
    },
    ...series.map(({ name, values }) => ({
      name,
      isNumber: true,
      cell: (day: string) => valueWords(values.get(day) ?? 0),
    })),
  ];
  const rows = days.filter((day) => series.some(({ values }) => values.has(day))).toReversed();
  return <DataTable label={title} columns={columns} rows={rows} keyOf={(day) => day} />;
}

function summaryOf(series: PlotContent['series'][number], kind: PlotContent['kind']): number {
  return kind === 'bars' ? totalOf(series) : totalOf(series) / Math.max(1, series.values.size);
}

function valueWords(value: number): string {
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 }).format(value);
}
