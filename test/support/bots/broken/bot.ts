/** A bot with a plugin that can be made to break in every way; the plugin after it answers all the same. */

import {
  defineBot,
  definePlugin,
  defineSequence,
  declareActivities,
  type MessageEvent,
  type PluginContext,
} from 'everthread';
import type { activities } from './activities.ts';
import * as endless from './endless.cjs';

interface CulpritState {
  good: number;
  bad?: unknown;
}
type Ctx = PluginContext<CulpritState, typeof activities>;

const CRIMES: Readonly<Record<string, (ctx: Ctx, message: MessageEvent) => unknown>> = {
  async throws() {
    throw new Error('on purpose');
  },
  throwsAtOnce() {
    throw new Error('on purpose');
  },
  async throwsNothing() {
    // oxlint-disable-next-line typescript/only-throw-error -- that is the crime
    throw undefined;
  },
  async answersNothing() {},
  answersNonsense: () => 42,
  // oxlint-disable-next-line unicorn/no-thenable -- that is the crime
  answersThenable: () => ({ then: 'now' }),
  hangs: () => new Promise(() => {}),
  spins() {
    while (true) {}
  },
  spinsWithoutBlock() {
    for (let i = 0; ; i += 1) i *= 2;
  },
  spinsInDependency: () => endless.spin(),
  async spinsWithAwait() {
    for (;;) await Promise.resolve();
  },
  recurses: function recurse(): number {
    return 1 + recurse();
  },
  async recursesWithAwait() {
    const again = async (): Promise<unknown> => {
      await Promise.resolve();
      return again();
    };
    return again();
  },
  async sendsForEver(ctx) {
    for (;;) await ctx.send('again');
  },
  sendsForEverWithoutAwait(ctx) {
    for (;;) void ctx.send('and again');
  },
  async saysTooMuch(ctx) {
    ctx.log.info('outcome', { outcome: await ctx.send('x'.repeat(5000)) });
    return 'pass';
  },
  saysNonsense: (ctx) => ctx.send({ video: 'cat' } as never).then(() => 'pass'),
  keepsFunction: (ctx) => keep(ctx, () => {}),
  keepsDate: (ctx) => keep(ctx, new Date(0)),
  keepsBigInt: (ctx) => keep(ctx, 1n),
  keepsMap: (ctx) => keep(ctx, new Map([[1, 2]])),
  keepsNaN: (ctx) => keep(ctx, [{ deep: Number.NaN }]),
  keepsCircle(ctx) {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return keep(ctx, circle);
  },
  keepsTooMuch: (ctx) => keep(ctx, 'x'.repeat(3_000_000)),
  keepsNoObject(ctx) {
    ctx.state = 7 as never;
    return 'handled';
  },
  async throwsAfterAsking(ctx) {
    ctx.tag('asked');
    ctx.wakeAt(ctx.now + 60_000, 'asked');
    ctx.emit('asked');
    ctx.handOver({ reason: 'asked' });
    throw new Error('on purpose');
  },
  emitsCircle(ctx) {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    ctx.emit('asked', circle);
    return 'handled';
  },
  emitsForEver(ctx) {
    ctx.emit('ping');
    return 'handled';
  },
  emitsTooMuch(ctx) {
    ctx.emit('asked', 'x'.repeat(100_000));
    return 'handled';
  },
  handsOverTooMuch: (ctx) => ctx.activities.copy('x'.repeat(3_000_000)),
  answersItself(ctx) {
    ctx.emit('chat');
    return 'pass';
  },
  wakesLater(ctx) {
    ctx.wakeAt(ctx.now + 60_000, 'later');
    return 'handled';
  },
  wakesAtNonsense(ctx) {
    ctx.wakeAt(Number.NaN);
    return 'handled';
  },
  wakesInAThousandYears(ctx) {
    ctx.wakeAt(ctx.now + 1000 * 366 * 86_400_000, 'far');
    return 'pass';
  },
  wakesForEver(ctx) {
    ctx.wakeAt(ctx.now, 'for ever');
    return 'handled';
  },
  tagsNonsense(ctx) {
    ctx.tag('x'.repeat(3000));
    return 'handled';
  },
  tagsForEver(ctx) {
    for (let i = 0; i < 1000; i += 1) ctx.tag(`tag-${i}`);
    return 'handled';
  },
  changesTheEvent(_ctx, message) {
    (message as { text: string }).text = 'counted';
    return 'pass';
  },
  startsUnknownSequence(ctx) {
    void ctx.startSequence(['nobody', 'knows'].join('-'));
    return 'pass';
  },
  startsForgetfulSequence: (ctx) => ctx.startSequence('forgetful').then(() => 'pass'),
  forgetsFailure() {
    void Promise.reject(new Error('nobody awaits this'));
    return 'pass';
  },
  keepsPromise() {
    const kept = Promise.reject(new Error('kept and forgotten'));
    return kept instanceof Promise ? 'pass' : 'handled';
  },
  keepsPromiseInList() {
    const kept = [1, 2].map(async (number) => {
      await Promise.resolve();
      throw new Error(`number ${number} of a list`);
    });
    return kept.length > 1 ? 'pass' : 'handled';
  },
  throwsInThen() {
    void Promise.resolve().then(() => {
      throw new Error('thrown in then');
    });
    return 'pass';
  },
  throwsInForEach() {
    // oxlint-disable-next-line typescript/no-misused-promises -- that is the crime
    [1].forEach(async () => {
      await Promise.resolve();
      throw new Error('thrown in forEach');
    });
    return 'pass';
  },
  keepsFailedActivity(ctx) {
    const kept = ctx.activities.fail('nobody asked the activity');
    return kept instanceof Promise ? 'pass' : 'handled';
  },
  rejectsPromiseOfAnotherClass() {
    class Odd extends Promise<never> {}
    void Object.defineProperty(Odd.prototype, 'constructor', { value: undefined });
    const kept = new Odd((_resolve, reject) => {
      reject(new Error('odd'));
    });
    return kept instanceof Promise ? 'pass' : 'handled';
  },
  rejectsWithNoText() {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is the crime
    void Promise.reject(Object.create(null));
    return 'pass';
  },
  rejectsAndSpinsInItsText() {
    const error = new Error('spins');
    Object.defineProperty(error, 'stack', {
      get() {
        for (;;);
      },
    });
    void Promise.reject(error);
    return 'pass';
  },
  forgetsToAwait(ctx) {
    const later = async () => {
      await ctx.send('on its way');
      throw new Error('nobody awaits this either');
    };
    // oxlint-disable-next-line typescript/no-floating-promises -- that is the crime
    later();
    return 'pass';
  },
  async usesContextLater(ctx) {
    later = ctx;
    return 'pass';
  },
  async usesContextNow() {
    await later?.send('from the grave');
    return 'pass';
  },
};

let later: Ctx | undefined;

function keep(ctx: Ctx, value: unknown): 'handled' {
  ctx.state.bad = value;
  return 'handled';
}

const culprit = definePlugin<CulpritState, typeof activities>({
  name: 'culprit',
  state: { good: 0 },
  activities: declareActivities<typeof activities>({ copy: {}, fail: { retry: { maximumAttempts: 1 } } }),
  async onMessage(ctx, message) {
    if (message.text === 'state') {
      await ctx.send(`state ${JSON.stringify(ctx.state)}`);
      return 'handled';
    }
    const crime = CRIMES[message.text ?? ''];
    if (!crime) return 'pass';
    ctx.state.good += 1000;
    return (await crime(ctx, message)) as 'pass';
  },
  async onTopic(ctx, { name }) {
    if (name === 'ping') ctx.emit('ping');
    if (name !== 'chat') return;
    await ctx.send('chat');
    ctx.emit('chat');
  },
  onWake(ctx, note) {
    if (note === 'for ever') ctx.wakeAt(ctx.now, note);
    if (note === 'later') void ctx.send('woke');
  },
  async afterMessage(ctx, { kind }) {
    if (kind === 'message') ctx.state.good += 1;
    return 'pass';
  },
});

/** Says what the culprit left undone. */
const witness = definePlugin({
  name: 'witness',
  async onMessage(ctx, message) {
    if (message.text === 'unheard') return 'pass';
    await ctx.send(`heard ${message.text}`);
    return 'handled';
  },
  beforeWindowCloses: '2 hours',
  async onWindowClosing(ctx, { closesAt }) {
    await ctx.send(`${Math.round((closesAt - ctx.now) / 60_000)} minutes left`);
  },
});

/** Its state cannot be brought to its version. */
const stuck = definePlugin<{ text: string }>({
  name: 'stuck',
  version: 2,
  state: { text: '' },
  migrate() {
    throw new Error('cannot migrate');
  },
  observe() {},
});

/** Keeps a promise that fails, and goes on. */
const forgetful = defineSequence({
  name: 'forgetful',
  async run(seq) {
    const kept = [Promise.reject(new Error('forgotten in a sequence'))];
    await seq.sleep('1 hour');
    await seq.send(`goes on with ${kept.length}`);
  },
});

export default defineBot({ plugins: [culprit, witness, stuck], sequences: [forgetful], fallback: 'fallback' });
export { CRIMES };
