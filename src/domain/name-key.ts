/** The form in which names that operators type are compared: `Mia` and `MIA` are one name. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
