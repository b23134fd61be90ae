/** Finds the names that a bot's code writes out: topics and sequences in calls of its context, and any other word. */

import type { CallExpression, Expression, Program, Super } from 'acorn';
import { simple } from 'acorn-walk';

const METHODS = ['emit', 'waitFor', 'startSequence', 'stopSequence'] as const;

/** A method whose first argument names a topic or a sequence. */
export type NamingMethod = (typeof METHODS)[number];

/** A call of such a method: `ctx.emit('order.placed')`. */
export interface NamedCall {
  readonly method: NamingMethod;
  /** What it may be called with; `undefined` when the code computes it. */
  readonly names: readonly string[] | undefined;
  /** Offset in the code, from 0. */
  readonly start: number;
}

/** Finds the calls in a program. */
export function findNamedCalls(program: Program): NamedCall[] {
  const calls: NamedCall[] = [];
  simple(program, {
    CallExpression(call) {
      const method = METHODS.find((name) => name === calledName(call));
      const [argument] = call.arguments;
      if (method === undefined || !argument || argument.type === 'SpreadElement') return;
      calls.push({ method, names: textsOf(argument), start: argument.start });
    },
  });
  return calls;
}

/** The offsets at which a word stands as a text or as the name of a property. */
export function findWord(program: Program, word: string): number[] {
  const found: number[] = [];
  simple(program, {
    Literal({ value, start }) {
      if (value === word) found.push(start);
    },
    Property({ key, computed }) {
      if (!computed && key.type === 'Identifier' && key.name === word) found.push(key.start);
    },
  });
  return found.toSorted((a, b) => a - b);
}

/** `emit` of `ctx.emit(…)`, and of `emit(…)`, as after `({ emit }) =>`. */
function calledName({ callee }: CallExpression): string | undefined {
  const called: Expression | Super = callee.type === 'ChainExpression' ? callee.expression : callee;
  if (called.type === 'Identifier') return called.name;
  if (called.type !== 'MemberExpression' || called.computed) return undefined;
  return called.property.type === 'Identifier' ? called.property.name : undefined;
}

/** The texts that an expression can have; `undefined` when the code computes it. */
function textsOf(expression: Expression): readonly string[] | undefined {
  if (expression.type === 'Literal') return typeof expression.value === 'string' ? [expression.value] : undefined;
  if (expression.type === 'TemplateLiteral' && expression.expressions.length === 0) {
    return expression.quasis.map(({ value }) => value.cooked ?? value.raw);
  }
  if (expression.type !== 'ConditionalExpression') return undefined;
  const [one, other] = [textsOf(expression.consequent), textsOf(expression.alternate)];
  return one && other && [...one, ...other];
}
