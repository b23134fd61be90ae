const DAY_MS = 86_400_000;
const CHOICES = [7, 28, 90] as const;

interface PeriodFilterProps {
  readonly days: number;
  readonly onChange: (days: number) => void;
}

/** A filter by the last days, today included. */
export function PeriodFilter({ days, onChange }: PeriodFilterProps) {
  return (
    <label>
      Period
      <select value={days} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            Last {choice} days
          </option>
        ))}
      </select>
    </label>
  );
}

/** The number of days that an address asks for. */
export function toDays(text: string): number {
  return CHOICES.find((choice) => choice === Number(text)) ?? 28;
}

/** The first and the last of so many days up to today, UTC. */
export function toPeriod(days: number): { readonly from: string; readonly to: string } {
  const today = Math.floor(Date.now() / DAY_MS);
  return { from: toDay(today - days + 1), to: toDay(today) };
}

/** All days of a period, in order. */
export function daysFrom(from: string, days: number): string[] {
  const first = Date.parse(from) / DAY_MS;
  return Array.from({ length: days }, (_, at) => toDay(first + at));
}

function toDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
