import type { InboundEvent } from '../messenger/inbound/inbound-event.ts';
import { plainJson } from '../plugins/plain-json.ts';
import type { ActivityFunctions } from '../plugins/plugin-activities.ts';
import type { Plugin } from '../plugins/plugin.ts';
import { foreignEvents } from './foreign-events.ts';
import { newMemory, take, describe, type Deed, type Memory, type Step } from './plugin-trial.ts';
import { TestError } from './test-error.ts';

export interface PluginContractOptions {
  /**
   * What the plugin is there for: texts it answers, and whatever else happens to it. The more of it, the more the
   * contract tries. `['price', 'ana@shop.example', { tap: 'CANCEL' }, { topic: 'order.placed' }]`
   */
  readonly steps?: readonly Step[];
  /** Kinds of event that it takes whatever is in them, such as `message` for one that answers everything. */
  readonly handles?: readonly InboundEvent['kind'][];
  /** What stands in for the functions of its outside half. They give the same for the same, or the contract is broken. */
  readonly activities?: ActivityFunctions;
}

/** One promise of the contract, for any runner: `test(name, run)`. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with everything that breaks it, in words. */
  readonly run: () => Promise<void>;
}

/** Plugins of all types; only the hooks know their states. */
// oxlint-disable-next-line typescript/no-explicit-any -- hooks take their own state
type AnyPlugin = Plugin<any, any>;

const ANA = '6120459871230045';
const BEN = '6120459871230112';
const SAYS_MOST = 5;

/**
 * What every plugin has to keep, as cases for the runner of your choice:
 *
 * ```ts
 * for (const { name, run } of pluginContract(() => counter(), { steps: ['count', 'count'] })) test(name, run);
 * ```
 * - Its state is plain JSON, before and after every event.
 * - Events it knows nothing of pass: none of any kind makes it throw, and it takes none.
 * - It survives continuing as new between any two events: all it knows of a person is in its state.
 * - It does the same when its turns are run again.
 *
 * No engine is needed: it takes a moment. What the plugin says and when is yours to test, with `simulate`.
 *
 * @param make Makes the plugin, as your bot does; it is called often. A plugin itself will do, though what it keeps in
 *   its own variables is then found only where one person's events change what happens to another.
 */
export function pluginContract(
  make: AnyPlugin | (() => AnyPlugin),
  options: PluginContractOptions = {},
): ContractCase[] {
  const fresh = (): Plugin => (typeof make === 'function' ? make() : make) as Plugin;
  const { steps = [], handles = [], activities = {} } = options;
  const others: readonly Step[] = [
    ...foreignEvents(),
    { topic: 'somebody-else.happened' },
    { handoff: 'human' },
    { handoff: 'bot' },
  ];
  const everything: readonly Step[] = [...steps, ...others, ...steps];
  const { name } = fresh();

  async function stateIsJson(): Promise<void> {
    const plugin = fresh();
    const complaints: string[] = [];
    try {
      plainJson(plugin.state ?? {}, 'state');
    } catch (error) {
      complaints.push(`before anything happened: ${(error as Error).message}`);
    }
    const deeds = complaints.length > 0 ? [] : await trial(() => plugin, everything, activities);
    complain(name, [...complaints, ...deeds.flatMap((deed) => deed.complaints.filter((one) => /\bstate\b/.test(one)))]);
  }

  async function foreignEventsPass(): Promise<void> {
    const complaints: string[] = [];
    const plugin = fresh();
    let memory = newMemory(ANA);
    for (const step of others) {
      const deed = await take(plugin, memory, step, activities);
      ({ memory } = deed);
      complaints.push(...deed.complaints);
      if (deed.isStuck) break;
      if (deed.isHandled && typeof step === 'object' && 'kind' in step && !handles.includes(step.kind)) {
        complaints.push(
          `${describe(step)}: it answered 'handled'. Let pass what is not for you, or name the kind: { handles: ['${step.kind}'] }`,
        );
      }
    }
    complain(name, complaints);
  }

  async function survives(): Promise<void> {
    const expected = await trial(once(fresh), everything, activities);
    const complaints = deeds(expected);
    if (complaints.length === 0) {
      const plugin = once(fresh)();
      const stranger = newMemory(BEN);
      // A new instance for every event, where there can be one; and somebody else's events in between.
      const renewed = await trial(fresh, everything, activities);
      const mixed = await trial(() => plugin, everything, activities, { among: stranger });
      complaints.push(
        ...differences(expected, renewed, everything, 'by a run that continued as new before it'),
        ...differences(expected, mixed, everything, "after another person's event"),
      );
    }
    complain(name, complaints, 'Keep what you know of a person in ctx.state, and nowhere else.');
  }

  async function replays(): Promise<void> {
    const first = await trial(once(fresh), everything, activities);
    const complaints = deeds(first);
    if (complaints.length === 0) {
      await untilClockMoves();
      const again = await trial(once(fresh), everything, activities);
      complaints.push(...differences(first, again, everything, 'when it is run again'));
    }
    complain(name, complaints, 'Take the time from ctx.now, and what is different each time from an activity.');
  }

  return [
    { name: `${name}: its state is JSON`, run: stateIsJson },
    { name: `${name}: foreign events pass`, run: foreignEventsPass },
    { name: `${name}: survives continuing as new between any two events`, run: survives },
    { name: `${name}: does the same when its turns are run again`, run: replays },
  ];
}

function once(fresh: () => Plugin): () => Plugin {
  let plugin: Plugin | undefined;
  return () => (plugin ??= fresh());
}

/** Everything in order, with what the plugin asks for itself in between, and its wake-ups at the end. */
async function trial(
  pluginFor: () => Plugin,
  steps: readonly Step[],
  activities: ActivityFunctions,
  { among }: { readonly among?: Memory } = {},
): Promise<Deed[]> {
  const deeds: Deed[] = [];
  let memory = newMemory(ANA);
  let stranger = among;

  async function go(step: Step, depth: number): Promise<void> {
    const plugin = pluginFor();
    if (stranger) ({ memory: stranger } = await take(plugin, stranger, step, activities));
    // What survives is what JSON keeps.
    const deed = await take(plugin, plainJson(memory, 'memory'), step, activities);
    ({ memory } = deed);
    deeds.push(deed);
    for (const next of depth > 0 ? deed.next : []) await go(next, depth - 1);
  }

  for (const step of steps) {
    await go(step, 3);
    if (deeds.at(-1)?.isStuck) return deeds;
  }
  for (const { note } of memory.wakeUps) await go({ wake: note }, 1);
  return deeds;
}

function deeds(taken: readonly Deed[]): string[] {
  return taken.flatMap(({ complaints }) => complaints);
}

function differences(
  expected: readonly Deed[],
  found: readonly Deed[],
  steps: readonly Step[],
  when: string,
): string[] {
  const at = expected.findIndex(({ journal }, index) => journal.join('\n') !== found[index]?.journal.join('\n'));
  if (at === -1) return [];
  const [one = [], other = []] = [expected[at]?.journal, found[at]?.journal];
  const line = one.findIndex((entry, index) => entry !== other[index]);
  const step = steps[at];
  const where = step === undefined ? 'at a wake-up' : describe(step);
  const [was, is] = [one.at(line) ?? '(nothing)', other.at(line === -1 ? one.length : line) ?? '(nothing)'];
  return [`${where}: it does something else ${when}.\n    first: ${short(was)}\n    then:  ${short(is)}`];
}

function short(entry: string): string {
  return entry.length > 300 ? `${entry.slice(0, 300)}…` : entry;
}

function complain(plugin: string, complaints: readonly string[], cure = ''): void {
  if (complaints.length === 0) return;
  const shown = [...new Set(complaints)];
  const more = shown.length > SAYS_MOST ? [`… and ${shown.length - SAYS_MOST} more`] : [];
  const lines = [...shown.slice(0, SAYS_MOST), ...more].map((one) => `  - ${one}`);
  throw new TestError([`The plugin "${plugin}" breaks the contract:`, ...lines, ...(cure ? [cure] : [])].join('\n'));
}

/** So that whoever asks the computer for the time gets another answer. */
async function untilClockMoves(): Promise<void> {
  const before = Date.now();
  while (Date.now() - before < 3) await new Promise((resolve) => setTimeout(resolve, 1));
}
