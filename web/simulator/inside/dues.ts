import type { InspectionView } from '../views.ts';

/** Something that the bot does at a time, without being asked. */
export interface Due {
  readonly at: number;
  /** What it is, with the plugin's or the sequence's name. */
  readonly what: string;
}

/** What the bot does by itself, the next first; without what changes nothing for the person. */
export function listDues({ timers, sequences }: Pick<InspectionView, 'timers' | 'sequences'>): readonly Due[] {
  return [
    ...timers.flatMap(({ at, summary, note, isUpkeep }) =>
      isUpkeep ? [] : [{ at, what: note ? `${summary}: ${note}` : summary }],
    ),
    ...sequences.flatMap(({ name, waitsFor, until }) =>
      until === undefined ? [] : [{ at: until, what: `${name}: ${waitsFor ?? ''}` }],
    ),
  ].toSorted((one, other) => one.at - other.at);
}
