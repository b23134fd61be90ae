import { toClass, type CharacterSet } from './character-set.ts';
import type { Part } from './syntax.ts';

/** Letters and what may stand for letters; classes such as `\w` are the same in any case. */
const CLOSED_ESCAPE = /^\\[dDwWsS]$/;
const HAS_NO_CASE = /^(?:[^A-Za-z\\[\x80-\uffff]|\\[^A-Za-z\d\x80-\uffff])$/;

/**
 * The source of a pattern that says without the flag `i` what this one says with it: each letter is a class of its forms.
 * `undefined` when the pattern refers back to a group.
 */
export function expandCase(part: Part, readSet: (source: string) => CharacterSet): string | undefined {
  const expandAll = (parts: readonly Part[], between: string) => {
    const expanded = parts.map((one) => expandCase(one, readSet));
    return expanded.includes(undefined) ? undefined : expanded.join(between);
  };
  switch (part.kind) {
    case 'character':
      if (CLOSED_ESCAPE.test(part.source) || HAS_NO_CASE.test(part.source)) return part.source;
      return toClass(readSet(part.source));
    case 'assertion':
      return part.source;
    case 'look':
    case 'back-reference':
      return undefined;
    case 'group': {
      const body = expandCase(part.body, readSet);
      return body === undefined ? undefined : `${part.open}${body})`;
    }
    case 'repeat': {
      const body = expandCase(part.body, readSet);
      return body === undefined ? undefined : body + part.source;
    }
    case 'sequence':
      return expandAll(part.parts, '');
    case 'choice':
      return expandAll(part.options, '|');
  }
}
