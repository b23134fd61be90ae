import type { Part } from './syntax.ts';

/**
 * Whether a part repeats what may match nothing: `(a*)?`. JavaScript tries another way when a turn matches nothing, and V8's
 * linear engine does not.
 */
export function repeatsEmpty(part: Part): boolean {
  return partsOf(part).some(repeatsEmpty) || (part.kind === 'repeat' && canBeEmpty(part.body));
}

function canBeEmpty(part: Part): boolean {
  switch (part.kind) {
    case 'character':
      return false;
    case 'repeat':
      return part.min === 0 || canBeEmpty(part.body);
    case 'choice':
      return part.options.some(canBeEmpty);
    default:
      return partsOf(part).every(canBeEmpty);
  }
}

function partsOf(part: Part): readonly Part[] {
  switch (part.kind) {
    case 'sequence':
      return part.parts;
    case 'choice':
      return part.options;
    case 'group':
    case 'repeat':
    case 'look':
      return [part.body];
    default:
      return [];
  }
}
