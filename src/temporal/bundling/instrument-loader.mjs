/**
 * A webpack loader that makes what a bot's code does countable: `while (true) {}` becomes
 * `while (true) {__everthreadCount(1);}`, which throws when one hook does too much (`src/workflows/injected/step-budget.ts`).
 *
 * Calls and `await`s are counted as well, because a function that awaits itself is a loop too. Nothing is added to a
 * line count, so the source map stays right for lines.
 */

import { parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import MagicString from 'magic-string';

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const NAME = '__everthreadCount';

/** Steps each costs, as measured: a turn of a loop is cheap, a promise runs the sandbox's promise hooks, a pattern is planned. */
const COST = { turn: 1, call: 10, asyncCall: 100, promise: 500, pattern: 500 };
/** Methods and functions that create a promise or a pattern each time they are called. */
const PROMISE_METHODS = new Set(['then', 'catch', 'finally']);
const PROMISE_FUNCTIONS = new Set(['resolve', 'reject', 'all', 'allSettled', 'any', 'race', 'withResolvers']);

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
  fullAncestor(program, (node, _state, ancestors) => count(code, node, ancestors));
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
  return `\nfunction ${as}(a,b){return require(${JSON.stringify(from)}).${name}(a,b);}`;
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
 * @param {readonly Node[]} ancestors From the program to the node itself.
 */
function count(code, node, ancestors) {
  if (LOOPS.has(node.type)) {
    const { body, await: isAsync } = /** @type {import('acorn').ForOfStatement} */ (node);
    countTurn(code, body, isAsync ? COST.promise : COST.turn);
  } else if (FUNCTIONS.has(node.type)) {
    const { body, async: isAsync } = /** @type {import('acorn').Function} */ (node);
    countCall(code, body, isAsync ? COST.asyncCall : COST.call);
  } else if (node.type === 'AwaitExpression') {
    // Before it waits, and again when it goes on, which is free and says that the bot's code runs.
    code.prependRight(node.argument.start, `(${NAME}(${COST.promise}),`).appendLeft(node.argument.end, ')');
    code.prependRight(node.start, `${NAME}(0,`).appendLeft(node.end, ')');
  } else if (node.type === 'YieldExpression') {
    const owner = ancestors.findLast(({ type }) => FUNCTIONS.has(type));
    const isAsync = owner !== undefined && 'async' in owner && owner.async;
    // Each step of a generator goes through all those that `yield*` nests around it.
    spend(code, node, isAsync || node.delegate ? COST.promise : COST.turn);
  } else if (node.type === 'NewExpression') {
    spend(code, node, costOfFunction(node.callee));
  } else if (node.type === 'ChainExpression') {
    spend(code, node, costOfCalls(node.expression));
  } else if (node.type === 'CallExpression' && !isInChain(ancestors)) {
    spend(code, node, costOfCall(node));
  }
}

/**
 * Takes steps off the budget before an expression, so that no promise is left behind that nobody awaits. The name comes first
 * and no parenthesis: the line before may end without a semicolon.
 *
 * @param {MagicString} code
 * @param {Node} node
 * @param {number | undefined} steps
 */
function spend(code, node, steps) {
  if (steps !== undefined) code.prependRight(node.start, `${NAME}(${NAME}(${steps}),`).appendLeft(node.end, ')');
}

/** @param {import('acorn').CallExpression} call */
function costOfCall({ callee }) {
  if (callee.type !== 'MemberExpression') return costOfFunction(callee);
  const { object, property } = callee;
  const name = property.type === 'Identifier' && !callee.computed ? property.name : '';
  if (PROMISE_METHODS.has(name)) return COST.promise;
  const isOfPromise = object.type === 'Identifier' && object.name === 'Promise';
  return isOfPromise && PROMISE_FUNCTIONS.has(name) ? COST.promise : undefined;
}

/** @param {Node} callee */
function costOfFunction(callee) {
  if (callee.type !== 'Identifier') return undefined;
  if (callee.name === 'Promise') return COST.promise;
  return callee.name === 'RegExp' ? COST.pattern : undefined;
}

/**
 * The cost of all calls in `a?.then(b).catch(c)`, which stay together.
 *
 * @param {Node} node
 * @returns {number | undefined}
 */
function costOfCalls(node) {
  if (node.type === 'MemberExpression') return costOfCalls(node.object);
  if (node.type !== 'CallExpression') return undefined;
  const own = costOfCall(node);
  const inner = costOfCalls(node.callee);
  return own === undefined && inner === undefined ? undefined : (own ?? 0) + (inner ?? 0);
}

/**
 * Whether a call is one of a `ChainExpression`.
 *
 * @param {readonly Node[]} ancestors
 */
function isInChain(ancestors) {
  for (let i = ancestors.length - 1; i > 0; i -= 1) {
    const node = ancestors[i];
    const parent = ancestors[i - 1];
    if (parent?.type === 'ChainExpression') return true;
    const isInner =
      (parent?.type === 'CallExpression' && parent.callee === node) ||
      (parent?.type === 'MemberExpression' && parent.object === node);
    if (!isInner) return false;
  }
  return false;
}

/**
 * @param {MagicString} code
 * @param {import('acorn').Statement} body
 * @param {number} steps
 */
function countTurn(code, body, steps) {
  if (body.type === 'BlockStatement') code.prependRight(body.start + 1, `${NAME}(${steps});`);
  else code.prependRight(body.start, `{${NAME}(${steps});`).appendLeft(body.end, '}');
}

/**
 * @param {MagicString} code
 * @param {import('acorn').BlockStatement | import('acorn').Expression} body
 * @param {number} steps
 */
function countCall(code, body, steps) {
  if (body.type !== 'BlockStatement') {
    code.prependRight(body.start, `(${NAME}(${steps}),`).appendLeft(body.end, ')');
    return;
  }
  const directive = body.body.findLast((statement) => 'directive' in statement);
  code.prependRight(directive?.end ?? body.start + 1, `;${NAME}(${steps});`);
}
