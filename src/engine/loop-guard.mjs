/**
 * A webpack loader that makes the loops of a bot's code countable: `while (true) {}` becomes
 * `while (true) {countLoop();}`, which throws when one hook turns its loops too often (`src/workflows/loop-budget.ts`).
 * Nothing is added to a line count, so the source map stays right for lines.
 */
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import MagicString from 'magic-string';

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const NAME = '__everthreadCountLoop';

/**
 * @this {{ getOptions(): { budgetModule: string }, callback(error: null, source: string, map: unknown): void }}
 * @param {string} source
 * @param {unknown} map
 */
export default function guardLoops(source, map) {
  this.callback(null, guarded(source, this.getOptions().budgetModule), map);
}

/**
 * @param {string} source
 * @param {string} budgetModule
 */
function guarded(source, budgetModule) {
  const program = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowReturnOutsideFunction: true,
    allowHashBang: true,
  });
  const code = new MagicString(source);
  let loops = 0;
  full(program, (node) => {
    if (!LOOPS.has(node.type)) return;
    const { body } = /** @type {{ body: import('acorn').Statement }} */ (/** @type {unknown} */ (node));
    loops += 1;
    if (body.type === 'BlockStatement') code.appendRight(body.start + 1, `${NAME}();`);
    else code.appendRight(body.start, `{${NAME}();`).appendLeft(body.end, '}');
  });
  if (loops === 0) return source;
  const isModule = program.body.some((node) => /^(Import|Export)/.test(node.type));
  const from = JSON.stringify(budgetModule);
  code.prepend(
    isModule ? `import {countLoop as ${NAME}} from ${from};` : `const {countLoop:${NAME}}=require(${from});`,
  );
  return code.toString();
}
