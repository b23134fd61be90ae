const DAY_MS = 86_400_000;
const CHOICES: readonly { readonly days: string; readonly words: string }[] = [
  { days: '', words: 'All time' },
  { days: '1', words: 'Last day' },
  { days: '7', words: 'Last 7 days' },
  { days: '30', words: 'Last 30 days' },
  { days: '90', words: 'Last 90 days' },
];

interface SinceFilterProps {
  /** So many days; empty: all time. */
  readonly since: string;
  readonly onChange: (days: string) => void;
}

/** A filter by how long ago something happened. */
export function SinceFilter({ since, onChange }: SinceFilterProps) {
  return (
    <label>
      Since
      <select value={since} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {CHOICES.map(({ days, words }) => (
          <option key={days} value={days}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The beginning of the UTC day that was so many days ago: the same through a day, so that nothing is read again. */
export function sinceOf(days: string): string {
  const today = Math.floor(Date.now() / DAY_MS);
  return new Date((today - (Number(days) || 0)) * DAY_MS).toISOString();
}
