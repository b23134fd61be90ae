/**
 * A webpack loader that makes what a bot's code does countable: `while (true) {}` becomes
 * `while (true) {__everthreadCount(1);}`, which throws when one hook does too much (`src/workflows/injected/step-budget.ts`).
 *
 * Calls and `await`s are counted as well, because a function that awaits itself is a loop too. Nothing is added to a
 * line count, so the source map stays right for lines.
 */

import { parse } from 'acorn';
import { full } from 'acorn-walk';
import MagicString from 'magic-string';

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const NAME = '__everthreadCount';

/** Steps each costs, as measured: a turn of a loop is cheap, an `await` runs the sandbox's promise hooks. */
const COST = { turn: 1, call: 10, await: 500 };

/** @typedef {import('acorn').AnyNode} Node */
/** @typedef {{ stepBudget: string }} Modules */

/**
 * @this {{ getOptions(): Modules, callback(error: null, source: string, map: unknown): void }}
 * @param {string} source
 * @param {unknown} map
 */
export default function guardLoops(source, map) {
  this.callback(null, guarded(source, this.getOptions()), map);
}

/**
 * @param {string} source
 * @param {Modules} modules
 */
function guarded(source, modules) {
  const program = parsed(source);
  const code = new MagicString(source);
  full(program, (node) => count(code, node));
  if (!code.hasChanged()) return source;
  // At the end, where neither a hashbang nor "use strict" is pushed aside; both forms are hoisted.
  const isModule = program.body.some((node) => /^(Import|Export)/.test(node.type));
  const take = isModule ? importOf : requireOf;
  code.append(take(modules.stepBudget, 'spendSteps', NAME));
  return code.toString();
}

/** @type {(from: string, name: string, as: string) => string} */
function importOf(from, name, as) {
  return `\nimport {${name} as ${as}} from ${JSON.stringify(from)};`;
}

/** @type {(from: string, name: string, as: string) => string} */
function requireOf(from, name, as) {
  return `\nfunction ${as}(value){require(${JSON.stringify(from)}).${name}(value);}`;
}

/** @param {string} source */
function parsed(source) {
  const options = /** @type {const} */ ({
    ecmaVersion: 'latest',
    allowReturnOutsideFunction: true,
    allowHashBang: true,
  });
  try {
    return parse(source, { ...options, sourceType: 'module' });
  } catch {
    // Old CommonJS may say what a module may not: `with`, octal numbers, a variable called `await`.
    return parse(source, { ...options, sourceType: 'script' });
  }
}

/**
 * @param {MagicString} code
 * @param {Node} node
 */
function count(code, node) {
  if (LOOPS.has(node.type)) {
    countTurn(code, /** @type {import('acorn').WhileStatement} */ (node).body);
  } else if (FUNCTIONS.has(node.type)) {
    countCall(code, /** @type {import('acorn').Function} */ (node).body);
  } else if (node.type === 'AwaitExpression') {
    code.prependRight(node.argument.start, `(${NAME}(${COST.await}),`).appendLeft(node.argument.end, ')');
  }
}

/**
 * @param {MagicString} code
 * @param {import('acorn').Statement} body
 */
function countTurn(code, body) {
  if (body.type === 'BlockStatement') code.prependRight(body.start + 1, `${NAME}(${COST.turn});`);
  else code.prependRight(body.start, `{${NAME}(${COST.turn});`).appendLeft(body.end, '}');
}

/**
 * @param {MagicString} code
 * @param {import('acorn').BlockStatement | import('acorn').Expression} body
 */
function countCall(code, body) {
  if (body.type !== 'BlockStatement') {
    code.prependRight(body.start, `(${NAME}(${COST.call}),`).appendLeft(body.end, ')');
    return;
  }
  const directive = body.body.findLast((statement) => 'directive' in statement);
  code.prependRight(directive?.end ?? body.start + 1, `;${NAME}(${COST.call});`);
}
