import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { copyPlainJson } from '../../plugins/plain-json.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { TestError } from '../failures.ts';
import { describeStep, newPersonState, type ContractStep, type PersonState } from './contract-step.ts';
import { foreignEvents } from './foreign-events.ts';
import { runStep, type StepResult } from './run-step.ts';

/** What the contract runs a plugin with. */
export interface PluginContractOptions {
  /**
   * Steps that the plugin reacts to. The more there are, the more the contract covers; default none.
   * `['price', 'ana@shop.example', { tap: 'CANCEL' }, { topic: 'order.placed' }]`
   */
  readonly steps?: readonly ContractStep[];
  /** Kinds of event that it handles whatever their content, such as `message` for one that answers everything; default none. */
  readonly handles?: readonly InboundEvent['kind'][];
  /** Stand-ins for the plugin's activities. They must return the same for the same arguments. */
  readonly activities?: ActivityFunctions;
}

/** One rule of the contract, for any test runner: `test(name, run)`. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with a list of everything that breaks the rule. */
  readonly run: () => Promise<void>;
}

/** Plugins of all types; only the hooks know their states. */
// oxlint-disable-next-line typescript/no-explicit-any -- hooks take their own state
type AuthorsPlugin = Plugin<any, any>;

const ANA = '6120459871230045';
const BEN = '6120459871230112';
const MAX_COMPLAINTS = 5;

interface Subject {
  readonly name: string;
  /** Makes the plugin; returns the same object each time when the developer gave the plugin itself. */
  readonly make: () => Plugin;
  readonly activities: ActivityFunctions;
  readonly handles: readonly InboundEvent['kind'][];
  /** Events, topics and handoffs that belong to other plugins. */
  readonly foreignSteps: readonly ContractStep[];
  /** The developer's steps, the foreign ones, and the developer's once more. */
  readonly steps: readonly ContractStep[];
}

/**
 * The rules that every plugin has to keep, as cases for a test runner:
 *
 * ```ts
 * for (const { name, run } of pluginContract(() => counter(), { steps: ['count', 'count'] })) test(name, run);
 * ```
 * - Its state is plain JSON, before and after every event.
 * - Foreign events pass: an event of any kind that it does not know neither makes it throw nor is handled by it.
 * - It survives continue-as-new between any two events: everything it knows of a person is in its state.
 * - It does the same when its turns are replayed.
 *
 * The contract needs no Temporal server and takes milliseconds. Test what the plugin says, and when, with `simulate`.
 *
 * @param make Makes the plugin, as your bot does; it is called often. A plugin object works too, but then state in its
 *   variables is only found where one person's events change what happens to another.
 */
export function pluginContract(
  make: AuthorsPlugin | (() => AuthorsPlugin),
  { steps = [], handles = [], activities = {} }: PluginContractOptions = {},
): ContractCase[] {
  const makePlugin = (): Plugin => (typeof make === 'function' ? make() : make) as Plugin;
  const { name } = makePlugin();
  const foreignSteps: readonly ContractStep[] = [
    ...foreignEvents(),
    { topic: 'somebody-else.happened' },
    { handoff: 'human' },
    { handoff: 'bot' },
  ];
  const subject: Subject = {
    name,
    make: makePlugin,
    activities,
    handles,
    foreignSteps,
    steps: [...steps, ...foreignSteps, ...steps],
  };
  return [
    { name: `${name}: its state is JSON`, run: () => checkStateIsJson(subject) },
    { name: `${name}: foreign events pass`, run: () => checkForeignEventsPass(subject) },
    { name: `${name}: survives continuing as new between any two events`, run: () => checkSurvives(subject) },
    { name: `${name}: does the same when its turns are run again`, run: () => checkReplays(subject) },
  ];
}

async function checkStateIsJson({ name, make, activities, steps }: Subject): Promise<void> {
  const plugin = make();
  const complaints: string[] = [];
  try {
    copyPlainJson(plugin.state ?? {}, 'state');
  } catch (error) {
    complaints.push(`before anything happened: ${(error as Error).message}`);
  }
  const results = complaints.length > 0 ? [] : await runSteps(() => plugin, steps, activities);
  const ofState = complaintsOf(results).filter((complaint) => /\bstate\b/.test(complaint));
  throwIfAny(name, [...complaints, ...ofState]);
}

async function checkForeignEventsPass({ name, make, activities, handles, foreignSteps }: Subject): Promise<void> {
  const complaints: string[] = [];
  const plugin = make();
  let person = newPersonState(ANA);
  for (const step of foreignSteps) {
    const result = await runStep(plugin, person, step, activities);
    ({ person } = result);
    complaints.push(...result.complaints);
    if (result.isStuck) break;
    if (result.isHandled && typeof step === 'object' && 'kind' in step && !handles.includes(step.kind)) {
      complaints.push(
        `${describeStep(step)}: it answered 'handled'. Let pass what is not for you, or name the kind: { handles: ['${step.kind}'] }`,
      );
    }
  }
  throwIfAny(name, complaints);
}

async function checkSurvives({ name, make, activities, steps }: Subject): Promise<void> {
  const expected = await runSteps(lazily(make), steps, activities);
  const complaints = complaintsOf(expected);
  if (complaints.length === 0) {
    const plugin = make();
    const stranger = newPersonState(BEN);
    // A new instance for every event, if the developer gave a function; and another person's events in between.
    const renewed = await runSteps(make, steps, activities);
    const mixed = await runSteps(() => plugin, steps, activities, stranger);
    complaints.push(
      ...firstJournalDifference(expected, renewed, steps, 'by a run that continued as new before it'),
      ...firstJournalDifference(expected, mixed, steps, "after another person's event"),
    );
  }
  throwIfAny(name, complaints, 'Keep what you know of a person in ctx.state, and nowhere else.');
}

async function checkReplays({ name, make, activities, steps }: Subject): Promise<void> {
  const first = await runSteps(lazily(make), steps, activities);
  const complaints = complaintsOf(first);
  if (complaints.length === 0) {
    await untilClockMoves();
    const again = await runSteps(lazily(make), steps, activities);
    complaints.push(...firstJournalDifference(first, again, steps, 'when it is run again'));
  }
  throwIfAny(name, complaints, 'Take the time from ctx.now, and what is different each time from an activity.');
}

/** One plugin for all calls, made at the first. */
function lazily(make: () => Plugin): () => Plugin {
  let plugin: Plugin | undefined;
  return () => (plugin ??= make());
}

/** How many steps a plugin may cause by itself, one by the other. */
const MAX_CAUSED_STEPS = 3;

/** Runs all steps in order, the steps that the plugin causes after each, and its wake-ups at the end. */
async function runSteps(
  pluginFor: () => Plugin,
  steps: readonly ContractStep[],
  activities: ActivityFunctions,
  stranger?: PersonState,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  let person = newPersonState(ANA);
  let other = stranger;

  async function run(step: ContractStep, depth: number): Promise<void> {
    const plugin = pluginFor();
    if (other) ({ person: other } = await runStep(plugin, other, step, activities));
    // Only JSON survives continue-as-new.
    const result = await runStep(plugin, copyPlainJson(person, 'memory'), step, activities);
    ({ person } = result);
    results.push(result);
    for (const next of depth > 0 ? result.next : []) await run(next, depth - 1);
  }

  for (const step of steps) {
    await run(step, MAX_CAUSED_STEPS);
    if (results.at(-1)?.isStuck) return results;
  }
  for (const { note } of person.wakeUps) await run({ wake: note }, 1);
  return results;
}

function complaintsOf(results: readonly StepResult[]): string[] {
  return results.flatMap(({ complaints }) => complaints);
}

/** A complaint about the first step whose journals differ. */
function firstJournalDifference(
  expected: readonly StepResult[],
  found: readonly StepResult[],
  steps: readonly ContractStep[],
  when: string,
): string[] {
  const at = expected.findIndex(({ journal }, index) => journal.join('\n') !== found[index]?.journal.join('\n'));
  if (at === -1) return [];
  const [one = [], other = []] = [expected[at]?.journal, found[at]?.journal];
  const line = one.findIndex((entry, index) => entry !== other[index]);
  const step = steps[at];
  const where = step === undefined ? 'at a wake-up' : describeStep(step);
  const [was, is] = [one.at(line) ?? '(nothing)', other.at(line === -1 ? one.length : line) ?? '(nothing)'];
  return [`${where}: it does something else ${when}.\n    first: ${shortenEntry(was)}\n    then:  ${shortenEntry(is)}`];
}

function shortenEntry(entry: string): string {
  return entry.length > 300 ? `${entry.slice(0, 300)}…` : entry;
}

function throwIfAny(plugin: string, complaints: readonly string[], cure = ''): void {
  if (complaints.length === 0) return;
  const unique = [...new Set(complaints)];
  const more = unique.length > MAX_COMPLAINTS ? [`… and ${unique.length - MAX_COMPLAINTS} more`] : [];
  const lines = [...unique.slice(0, MAX_COMPLAINTS), ...more].map((complaint) => `  - ${complaint}`);
  throw new TestError([`The plugin "${plugin}" breaks the contract:`, ...lines, ...(cure ? [cure] : [])].join('\n'));
}

/** So that `Date.now()` in a plugin returns another time than in the first run. */
async function untilClockMoves(): Promise<void> {
  const before = Date.now();
  while (Date.now() - before < 3) await new Promise((resolve) => setTimeout(resolve, 1));
}
