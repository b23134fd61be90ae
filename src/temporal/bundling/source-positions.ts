/** Maps a position in a bundle to the developer's source. */

import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { displayPath } from './bundle-diagnostics.ts';

/** The source map of a bundle. */
export interface SourcePositions {
  /** `bot.ts:4:12` for a line and a column of the bundle, from 0; `undefined` for other code than the developer's. */
  at(line: number, column: number): string | undefined;
  /** Whether the code is the developer's or a library's, and not everthread's own. */
  isForeign(line: number, column: number): boolean;
}

const OURS = fileURLToPath(new URL('../..', import.meta.url));

/** Reads the source map at the end of a bundle. */
export function readSourcePositions(code: string): SourcePositions {
  const map = sourceMapIn(code);
  const find = (line: number, column: number) => {
    const entry = map?.findEntry(line, column);
    return entry && 'originalSource' in entry ? entry : undefined;
  };
  return {
    isForeign(line, column) {
      const source = find(line, column)?.originalSource;
      return source !== undefined && !source.startsWith(OURS) && !source.startsWith('webpack');
    },
    at(line, column) {
      const entry = find(line, column);
      if (!entry || isOurs(entry.originalSource)) return undefined;
      return `${displayPath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    },
  };
}

function isOurs(source: string): boolean {
  return source.startsWith(OURS) || source.startsWith('webpack') || /[\\/]node_modules[\\/]/.test(source);
}

function sourceMapIn(code: string): SourceMap | undefined {
  const comment = code.slice(code.lastIndexOf('\n//# '));
  const base64 = /sourceMappingURL=data:application\/json;[^,]*base64,(\S+)\s*$/.exec(comment)?.[1];
  if (base64 === undefined) return undefined;
  return new SourceMap(
    JSON.parse(Buffer.from(base64, 'base64').toString()) as ConstructorParameters<typeof SourceMap>[0],
  );
}
