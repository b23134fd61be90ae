/** A bot whose hooks attack what conversations share: the time of their thread, its built-in objects, its process. */

// oxlint-disable typescript/no-explicit-any, unicorn/no-thenable, unicorn/no-useless-spread -- those are the attacks

import { defineBot, definePlugin, type PluginContext } from 'everthread';
import { faq } from 'everthread/plugins';
import { isEmail } from './patterns.cjs';

const AT = '@'.repeat(3000);
const join = (...parts: string[]) => parts.join('');
/** Code that TypeScript would refuse. */
const any = (value: unknown) => value as never as Record<PropertyKey, any>;

/** Each returns what the plugin says, or throws. */
const ATTACKS: Readonly<Record<string, (ctx: PluginContext) => unknown>> = {
  // Patterns that end in time.
  literal: () => /\S+@\S+\.\S+/.test(AT),
  dots: () => /.*a.*b.*c/.test('ab'.repeat(5000)),
  runTimePattern: () => new RegExp(join('(a+', ')+b')).test('a'.repeat(3000)),
  dependency: () => isEmail(AT),
  anyCase: () => /(a+)+b/i.test('A'.repeat(3000)),
  split: () => AT.split(/\S+@\S+\.\S+/).length,
  replaceAll: () => AT.replaceAll(/\S+@\S+\.\S+/g, '').length,
  matchAll: () => [...AT.matchAll(/\S+@\S+\.\S+/g)].length,
  subclass: () => new (class extends RegExp {})('(a+)+b')[Symbol.replace]('a'.repeat(3000), '').length,
  backReference: () => /^(.+)\1$/.test('a'.repeat(20_001)),
  lookahead: () => '1234567'.replace(/\B(?=(\d{3})+(?!\d))/g, ','),
  lookaheads: () => '1'.repeat(3000).replace(/\B(?=(\d{3})+(?!\d))/g, ','),
  // Patterns that fail their hook.
  unboundUnicode: () => new RegExp(join('(a+', ')+b'), 'u').test('a'.repeat(40)),
  unboundLookahead: () => new RegExp(join('(?=(a+', ')+b)')).test('a'.repeat(40)),
  unboundCounts: () => new RegExp(join('(a{1,1000}', '){1,1000}b')).test('a'.repeat(40)),
  compile: () => any(/a/).compile('(a+)+b', 'u'),
  patternLoop() {
    for (let i = 0; i < 100_000; i += 1) AT.match(/\S+@\S+\.\S+/);
  },
  quadraticReplace: () => 'a'.repeat(10_000).replaceAll(/(?:.*z|a)/g, 'b').length,
  // Work that no loop of the bot's does.
  async thenChain() {
    const again = (): Promise<unknown> => Promise.resolve().then(again);
    await again();
  },
  async thenChainInParts() {
    const again = (): Promise<unknown> =>
      Promise.resolve()
        ?.finally(() => {})
        .then(again);
    await again();
  },
  async catchChain() {
    const again = (): Promise<unknown> => Promise.reject(new Error('no')).catch(again);
    await again();
  },
  async promises() {
    const again = (): Promise<unknown> => new Promise((resolve) => resolve(again()));
    await again();
  },
  async asyncGenerator() {
    async function* forever() {
      for (;;) yield 1;
    }
    for await (const _ of forever());
  },
  generator() {
    function* forever(): Generator<number> {
      yield 1;
      yield* forever();
    }
    return [...forever()].length;
  },
  arrayFrom: () => Array.from({ length: 1e9 }, () => 1).length,
  emptyArrayFrom: () => Array.from({ length: 1e9 }).length,
  repeat: () => 'x'.repeat(5e8).length,
  padEnd: () => 'x'.padEnd(5e8).length,
  // Timers.
  timeout: () => setTimeout(() => {}, 1),
  interval: () => setInterval(() => {}, 1),
  immediate: () => setImmediate(() => {}),
  hostTimeout: () => any(new AbortController().signal.constructor)['timeout'](1),
  // Code from strings, and the way out.
  // oxlint-disable typescript/no-implied-eval, no-eval, no-new-func -- those are the attacks
  newFunction: () => new Function('return 1')(),
  callFunction: () => Function('return process')(),
  evaluate: () => eval('1'),
  indirectEval: () => (0, eval)('1'),
  asyncFunction: () => any(async () => {}).constructor('return 1')(),
  generatorFunction: () =>
    any(function* () {})
      .constructor('yield 1')()
      .next().value,
  outByContext: (ctx) => any(ctx.send).constructor.constructor('return process')().pid,
  outByUrl: () => any(URL).constructor('return process')().pid,
  outByConsole: () => any(console.log).constructor('return process')().pid,
  outByEncoder: () => any(new TextEncoder().encode).constructor('return process')().pid,
  outByError() {
    try {
      return new URL('nonsense').href;
    } catch (error) {
      return any(error).constructor.constructor('return process')().pid;
    }
  },
  outByAbort: () => any(new AbortController().signal).constructor.constructor('return process')().pid,
  // Built-in objects.
  mapGet: () => (Map.prototype.get = () => 'stolen'),
  arrayMethod: () => (any(Array.prototype)['stolen'] = true),
  arrayPrototype: () => Object.setPrototypeOf(Array.prototype, { stolen: true }),
  stringMethod: () => Object.defineProperty(String.prototype, 'trim', { value: () => 'stolen' }),
  urlMethod: () => (any(URL.prototype)['stolen'] = true),
  json: () => (JSON.parse = () => 'stolen'),
  math: () => (Math.max = () => 7),
  then: () => (any(Promise.prototype)['then'] = () => 'stolen'),
  iterator: () => (any(Object.getPrototypeOf([][Symbol.iterator]()))['next'] = () => ({ done: true })),
  symbol: () => (any(Symbol.prototype)['stolen'] = true),
  objectToString: () => (Object.prototype.toString = () => 'stolen'),
  newOnObject: () => (any(Object.prototype)['stolen'] = true),
  dateMethod: () => (Date.prototype.getTime = () => 7),
  pattern: () => (RegExp.prototype.exec = () => null),
  functionCall: () => (Function.prototype.call = () => 'stolen'),
  errorName: () => (Error.prototype.name = 'stolen'),
  clock: () => Math.abs(new (new Date().constructor as DateConstructor)().getTime() - Date.now()),
  // What an honest program does.
  overrides() {
    class Problem extends Error {
      constructor() {
        super('no');
        this.name = 'Problem';
        this.message = 'ours';
      }
    }
    const plain: { toString?: unknown; constructor?: unknown } = {};
    plain.toString = () => 'plain';
    plain.constructor = 7;
    function Old() {}
    Old.prototype.toString = () => 'old';
    Old.toString = () => 'Old';
    const old = new (any(Old) as never as new () => object)();
    // oxlint-disable-next-line typescript/no-base-to-string -- it has one of its own
    return `${new Problem().name} ${new Problem().message} ${String(plain)} ${String(old)} ${String(Old)} ${Object.keys(plain).join()}`;
  },
  polyfill: () => any([1, 2])['everthreadSecond'](),
  state: () =>
    JSON.stringify([
      new Map([[1, 2]]).get(1),
      any([])['stolen'],
      any({})['stolen'],
      ' a '.trim(),
      any(URL.prototype)['stolen'],
      JSON.parse('1'),
      Math.max(1, 2),
      [...[1]].length,
      String(new Error('a')),
    ]),
};

// A polyfill in the old manner, without a look at what is there.
any(Array.prototype)['everthreadSecond'] = function second(this: unknown[]) {
  return this[1];
};

const attacker = definePlugin({
  name: 'attacker',
  async onMessage(ctx, { text = '' }) {
    const attack = ATTACKS[text];
    if (!attack) return 'pass';
    const result = await attack(ctx);
    await ctx.send(`${text}: ${String(result)}`);
    return 'handled';
  },
});

const catalogue = faq([{ match: /(?:\w+\s?)+ price (?:\w+\s?)+!/i, answer: 'Ten.' }]);

const witness = definePlugin({
  name: 'witness',
  async onMessage(ctx, { text = '' }) {
    await ctx.send(`heard ${text.slice(0, 20)}`);
    return 'handled';
  },
});

export default defineBot({ plugins: [attacker, catalogue, witness] });
