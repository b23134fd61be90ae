/** A time on the operator's clock, as an input of the type `datetime-local` has it: `2026-10-06T14:00`. */
export function toLocalInput(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}
