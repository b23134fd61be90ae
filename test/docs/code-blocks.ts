/** The TypeScript blocks of the documentation, made whole so that they compile. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as everthread from '../../src/index.ts';

const root = join(import.meta.dirname, '..', '..');

export interface CodeBlock {
  /** ` ```ts ` alone is a whole file, ` ```ts on message ` the body of a hook, ` ```ts say ` what `ctx.send` is given. */
  readonly type: 'file' | 'on' | 'say';
  /** The kind of event, after `on`. */
  readonly kind: string;
  readonly code: string;
}

export function codeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```ts(?: (on|say))?(?: (\w+))?\n(.*?)^```$/gms)].map(
    ([, type = 'file', kind = '', code = '']) => ({ type: type as CodeBlock['type'], kind, code }),
  );
}

/** A module of its own. */
export function moduleOf({ type, kind, code }: CodeBlock): string {
  if (type === 'file') return code;
  // Called or handed over; not the key or the text that reads the same.
  const names = Object.keys(everthread).filter((name) => new RegExp(`(?<![.'\\w])${name}(?=[(),])`).test(code));
  const imports = names.length > 0 ? `import { ${names.join(', ')} } from 'everthread';` : '';
  if (type === 'say') {
    const list = expressions(code).join(',\n');
    return `${imports} import type { Sayable } from 'everthread';\nexport const said: readonly Sayable[] = [${list}];\n`;
  }
  return `${imports}${HOOK_TYPES}
export async function hook(ctx: Context, event: Extract<InboundEvent, { kind: '${kind}' }>): Promise<HookResult | void> {
void [ctx, event];
${code}}
`;
}

/** What the page says that `ctx` is in its examples. */
const HOOK_TYPES = `
import type { HookResult, InboundEvent, PluginContext } from 'everthread';
type Activities = { copy(url: string): Promise<string> };
type Context = PluginContext<{ marks: Record<string, string> }, Activities>;`;

/** The statements of a block, as what they are worth. */
export function expressions(code: string): string[] {
  const { statements } = ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest, true);
  return statements.map((statement) => statement.getText().replace(/;$/, ''));
}
