/**
 * The id of an event of the stream: which store, and what a client has heard that has this id: `1b9d6bcd-1042`, or
 * `1b9d6bcd-1042.1030.1033-1035` as long as some changes before the newest one are missing.
 */

import { MAX_MISSING, type ChangePosition } from '../../../store/changes/position.ts';

/** More ranges than this make an id too long for a header; some changes may then be heard twice. */
const MAX_RANGES = 50;

const POSITION = new RegExp(String.raw`^\d{1,15}(?:\.\d{1,15}(?:-\d{1,15})?){0,${MAX_RANGES}}$`);

/** Builds the id. */
export function toEventId(storeId: string, { newest, missing }: ChangePosition): string {
  const ranges = toRanges(missing);
  const [[first] = [newest + 1]] = ranges;
  if (ranges.length > MAX_RANGES) return `${prefixOf(storeId)}${first - 1}`;
  return [`${prefixOf(storeId)}${newest}`, ...ranges.map(([from, to]) => (from === to ? from : `${from}-${to}`))].join(
    '.',
  );
}

/** The position that an id names; `undefined` for one that this store never gave. */
export function fromEventId(storeId: string, eventId: string): ChangePosition | undefined {
  const prefix = prefixOf(storeId);
  if (!eventId.startsWith(prefix)) return undefined;
  const text = eventId.slice(prefix.length);
  if (!POSITION.test(text)) return undefined;
  const [newest, ...ranges] = text.split('.');
  const missing: number[] = [];
  for (const range of ranges) {
    const [from = 0, to = from] = range.split('-').map(Number);
    if (missing.length + to - from >= MAX_MISSING) return undefined;
    for (let id = from; id <= to; id += 1) missing.push(id);
  }
  return { newest: Number(newest), missing };
}

function prefixOf(storeId: string): string {
  return `${storeId.slice(0, 8)}-`;
}

/** Ascending ids as `[first, last]` of what is without gaps. */
function toRanges(ids: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last && id === last[1] + 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}
