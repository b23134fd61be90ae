import { checkExternalId } from '../../domain/external-id.ts';
import { outboundMessages } from '../../messenger/outbound/sayable.ts';
import { MAX_SENDS_PER_HOOK } from '../../plugins/limits.ts';
import { freezeJson, copyPlainJson } from '../../plugins/plain-json.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { Plugin, PluginContext } from '../../plugins/plugin.ts';
import type { ContractStep, PersonState } from './contract-step.ts';

/** One step while it runs; hooks and their contexts change it. */
export interface StepRun {
  readonly plugin: Plugin;
  readonly step: ContractStep;
  /** The person before the step. */
  readonly person: PersonState;
  /** Stand-ins for the plugin's activities. */
  readonly activities: ActivityFunctions;
  /** The time of the step, epoch ms. */
  readonly now: number;
  /** One line for each call of a hook's context and for each answer. */
  readonly journal: string[];
  readonly complaints: string[];
  /** Steps that the plugin itself causes: topics and handoffs. */
  readonly next: ContractStep[];
  state: object | undefined;
  tags: readonly string[];
  wakeUps: PersonState['wakeUps'];
  /** Messages sent in this step. */
  sends: number;
  isHandled: boolean;
  isStuck: boolean;
}

/** A context that writes every call into the journal and answers as a healthy runtime would. */
export function createRecordingContext(run: StepRun, hook: string, state: object): PluginContext {
  const { person, now } = run;
  const record = (call: string, ...given: unknown[]): void =>
    void run.journal.push(`${hook}: ${call} ${JSON.stringify(given)}`);
  const answer = <T>(call: string, given: unknown, result: T): Promise<T> => {
    run.journal.push(`${hook}: ${call} ${JSON.stringify(given)}`);
    return Promise.resolve(result);
  };
  let sends = 0;
  return {
    conversation: person.conversation,
    contact: freezeJson({ firstName: 'Ana', lastName: 'Silva', locale: 'pt_PT', timeZone: 'Europe/Lisbon' }),
    now,
    quietUntil: undefined,
    state,
    activities: createStandIns(run, hook),
    get tags() {
      return run.tags;
    },
    lines: [],
    handback: undefined,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    send(message) {
      sends += 1;
      if (sends > MAX_SENDS_PER_HOOK)
        throw new Error(`It sends more than ${MAX_SENDS_PER_HOOK} messages for one event.`);
      const parts = outboundMessages(message);
      run.sends += 1;
      return answer('send', parts, { status: 'sent', messageId: `m_${person.steps}_${run.sends}` });
    },
    typing: () => record('typing'),
    markSeen: () => record('markSeen'),
    react: (mid, emoji) => record('react', mid, emoji),
    unreact: (mid) => record('unreact', mid),
    wakeAt(at, note = '') {
      if (!Number.isFinite(at)) throw new Error(`wakeAt was given ${at}. Give it a time, epoch ms.`);
      record('wakeAt', at, note);
      run.wakeUps = [...run.wakeUps.filter((wakeUp) => wakeUp.note !== note), { at, note }];
    },
    emit(name, ...data) {
      const [value] = data as readonly unknown[];
      const topic = value === undefined ? { topic: name } : { topic: name, data: copyPlainJson(value, 'data') };
      record('emit', topic);
      run.next.push(topic);
    },
    startSequence: (name, data) => answer('startSequence', [name, data && copyPlainJson(data, 'data')], 'started'),
    stopSequence: (name, reason) => answer('stopSequence', [name, reason], undefined),
    tag(tag) {
      record('tag', tag);
      run.tags = [...run.tags.filter((known) => known !== tag), tag];
    },
    untag(tag) {
      record('untag', tag);
      run.tags = run.tags.filter((known) => known !== tag);
    },
    link: (system, id) => record('link', checkExternalId(system, id)),
    saveLead(form, fields, consent) {
      const { conversation, steps } = person;
      const lead = { leadId: `l_${steps}`, conversation, form, fields: copyPlainJson(fields, 'fields'), at: now };
      return answer('saveLead', [form, fields, consent], { ...lead, ...(consent && { consent }) });
    },
    recordOptSignal: (signal, at) => answer('recordOptSignal', [signal, at], undefined),
    recordStep: (funnel, reached) => answer('recordStep', [funnel, reached], undefined),
    handOver(takeOver) {
      record('handOver', takeOver);
      run.next.push({ handoff: 'human' });
    },
    threadControl: (request) => answer('threadControl', request, { status: 'done' }),
  };
}

/** The functions that replace the plugin's activities; one that the options lack throws an error with the cure. */
function createStandIns({ plugin, activities, journal }: StepRun, hook: string): ActivityFunctions {
  const names = Object.keys(plugin.activities?.options ?? {});
  const functions = names.map((name) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      journal.push(`${hook}: ${name} ${JSON.stringify(args)}`);
      const standIn = activities[name];
      if (standIn) return standIn(...args);
      throw new Error(
        `It calls the activity ${name}. Give the contract one: { activities: { ${name}: async () => … } }`,
      );
    };
    return [name, call] as const;
  });
  return Object.fromEntries(functions);
}
