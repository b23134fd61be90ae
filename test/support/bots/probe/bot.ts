/** A bot that does what it is told, so that tests can ask for one thing at a time: `wake 60000 tea`, `emit ordered`. */

import {
  declareActivities,
  defineBot,
  definePlugin,
  image,
  utility,
  video,
  type Handback,
  type PluginContext,
} from 'everthread';
import type { activities } from './activities.ts';
import { sequences } from './sequences.ts';

type Activities = Pick<typeof activities, 'note' | 'tell'>;
type Order = (ctx: PluginContext<object, Activities>, ...words: string[]) => unknown;

const ORDERS: Readonly<Record<string, Order>> = {
  wake: (ctx, ms = '0', note = '') => ctx.wakeAt(ctx.now + Number(ms), note),
  emit: (ctx, topic = '', data) => ctx.emit(topic, data),
  link: (ctx, system = '', id = '') => ctx.link(system, id),
  tag: (ctx, tag = '') => ctx.tag(tag),
  untag: (ctx, tag = '') => ctx.untag(tag),
  hand: (ctx, ms) => ctx.handOver({ reason: 'asked', ...(ms !== undefined && { forMs: Number(ms) }) }),
  start: async (ctx, name = '', data) => ctx.send(await ctx.startSequence(name, data)),
  stop: (ctx, name = '') => ctx.stopSequence(name, 'somebody said so'),
  now: (ctx) => ctx.send(`now ${ctx.now}`),
  show: (ctx, file = '') => tell(ctx, ctx.send(image({ file }))),
  video: (ctx, address = '') => tell(ctx, ctx.send(video(address))),
  upload: (ctx, address = '') => tell(ctx, ctx.send(image({ upload: address }))),
  template: (ctx, name = '', day = '') => tell(ctx, ctx.send(utility(name, { day }))),
  slow: (ctx) => ctx.send('slow answer'),
  note: async (ctx, ...words) => ctx.send((await Promise.all(words.map(ctx.activities.note))).join()),
  told: async (ctx, to = '', topic = '', data) => {
    const failure = await ctx.activities.tell(to, topic, data && JSON.parse(data)).then(() => undefined, reasonOf);
    await ctx.send(failure ?? 'told');
  },
  leads: (ctx, ...sizes) => Promise.all(sizes.map((size) => ctx.saveLead('order', { size }))),
  handback: (ctx) => ctx.send(`handback ${ctx.handback ? describeHandback(ctx.handback) : 'none'}`),
  listed: (ctx) => ctx.send(Object.keys(ctx.activities).join()),
};

function reasonOf(error: unknown): string {
  return String((error as Error).cause);
}

function describeHandback({ by = 'nobody', note = '-', answeredAt }: Handback): string {
  return `${answeredAt === undefined ? 'not ' : ''}answered by ${by}: ${note}`;
}

/** What became of a send that did not go out. */
async function tell(ctx: Parameters<Order>[0], sending: ReturnType<PluginContext['send']>): Promise<void> {
  const outcome = await sending;
  if (outcome.status === 'failed') await ctx.send(`failed: ${outcome.code}`);
}

const orders = definePlugin({
  name: 'orders',
  activities: declareActivities<Activities>({
    note: { retry: { initialInterval: '10ms' } },
    tell: { retry: { initialInterval: '10ms' } },
  }),
  async onMessage(ctx, { text = '' }) {
    const [word = '', ...rest] = text.split(' ');
    const order = ORDERS[word];
    if (!order) return 'pass';
    await order(ctx, ...rest);
    return 'handled';
  },
  async onWake(ctx, note) {
    await ctx.send(`woke ${note}`);
  },
});

interface Seen {
  messages: number;
  kinds: string[];
}

const witness = definePlugin<Seen>({
  name: 'witness',
  state: { messages: 0, kinds: [] },
  observe(ctx, event) {
    ctx.state.kinds = [...ctx.state.kinds, event.isStandby ? `standby ${event.kind}` : event.kind].slice(-10);
    if (event.kind === 'message') ctx.state.messages += 1;
  },
  async onMessage(ctx, { text = '' }) {
    if (text === 'seen') await ctx.send(`${ctx.state.messages}: ${ctx.state.kinds.join(', ')}`);
    else await ctx.send(`${ctx.state.messages} ${text}`);
    return 'handled';
  },
  async onPostback(ctx, { payload = '' }) {
    await ctx.send(`tapped ${payload}`);
    return 'handled';
  },
  async onEvent(ctx, { kind }) {
    await ctx.send(`event ${kind}`);
    return 'handled';
  },
  async onTopic(ctx, { name, data }) {
    if (name !== 'handoff' && name !== 'operator-answered')
      await ctx.send(`topic ${name}${data === undefined ? '' : ` ${JSON.stringify(data)}`}`);
  },
  async onHandoff(ctx, { to, reason, by, note }) {
    await ctx.send([`to ${to}: ${reason}`, by, note].filter(Boolean).join(', '));
  },
});

/** Data of the topic `paid`, by a Standard Schema. */
const payment = {
  '~standard': {
    version: 1,
    vendor: 'probe',
    validate(value: unknown) {
      const { total, loops } = (value ?? {}) as { total?: unknown; loops?: boolean };
      while (loops);
      return typeof total === 'number'
        ? { value: { total: total * 100 } }
        : { issues: [{ message: 'Give it a number.', path: ['total'] }] };
    },
  },
} as const;

export default defineBot({
  plugins: [orders, witness],
  sequences,
  silentAfterHuman: '3 hours',
  topics: { shipped: true, ordered: true, paid: payment },
});
