const MAX_PARTS = 2 ** 32 - 1;

type Splitter = RegExp & { readonly constructor?: { readonly [Symbol.species]?: RegExpConstructor } };

/**
 * Creates `RegExp.prototype[Symbol.split]` as JavaScript defines it, but it searches for the next separator. The built-in
 * one tries each character of the text with a call of `exec`, unless nobody has replaced that.
 */
export function createSplit(): (this: Splitter, value: unknown, limit?: number) => (string | undefined)[] {
  // oxlint-disable-next-line typescript/unbound-method -- JavaScript calls it with a pattern as `this`
  return {
    split(this: Splitter, value: unknown, limit?: number) {
      const text = `${value as string}`;
      const Pattern = this.constructor?.[Symbol.species] ?? RegExp;
      const flags = `${this.flags}`;
      const splitter = new Pattern(this, `${flags.replace('y', '').replace('g', '')}g`);
      const isUnicode = flags.includes('u') || flags.includes('v');
      const maxParts = limit === undefined ? MAX_PARTS : limit >>> 0;
      if (maxParts === 0) return [];
      if (text === '') return splitter.exec(text) ? [] : [text];
      const parts: (string | undefined)[] = [];
      let start = 0;
      let from = 0;
      while (from < text.length) {
        splitter.lastIndex = from;
        const found = splitter.exec(text);
        if (!found || found.index >= text.length) break;
        const end = Math.min(splitter.lastIndex, text.length);
        if (end === start) {
          from += isUnicode && (text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1;
          continue;
        }
        parts.push(text.slice(start, found.index));
        if (parts.length === maxParts) return parts;
        for (const group of found.slice(1)) {
          parts.push(group);
          if (parts.length === maxParts) return parts;
        }
        start = end;
        from = end;
      }
      parts.push(text.slice(start));
      return parts;
    },
  }.split;
}
