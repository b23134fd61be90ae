import leven from 'leven';

/** ` Did you mean "afterMisses"?`, with a space before it, for the known name that is most like a wrong one; empty if none is. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, distance: leven(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.ceil(Math.max(name.length, wrong.length) / 4))
    .toSorted((one, other) => one.distance - other.distance);
  return best === undefined ? '' : ` Did you mean "${best.name}"?`;
}
