/** Not the shape Meta documents. The message names the field and never its value, which may be personal. */
export class MalformedError extends Error {}

/** Puts the place in front of what {@link MalformedError} says about a part of it. */
export function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof MalformedError) throw new MalformedError(`${place}.${problem.message}`);
    throw problem;
  }
}

/** Says what was found where something else belongs, without giving it away. */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value === '' ? 'empty' : `text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
