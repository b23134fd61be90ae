/** Topics that other systems emit: declared by the bot, with data that its schema accepts. */

import { log } from '@temporalio/workflow';
import { MAX_DATA_CHARS, type Topic } from '../../domain/topic.ts';
import { freezeJson, copyPlainJson } from '../../plugins/plain-json.ts';
import { runBotCode } from '../bot-code.ts';
import { bot } from '../bot.ts';
import type { EmitTopicRequest, EmitTopicResult } from '../contract/index.ts';
import { describeError } from '../describe-error.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { endStepBudget, startStepBudget } from '../own-modules.ts';
import { cutText } from '../text.ts';
import { finishTurn } from './finish-turn.ts';
import { settleRequest } from './outside-requests.ts';
import type { Turn } from './turn.ts';

const MAX_ISSUES = 10;
const MAX_ISSUE_CHARS = 200;

/** Delivers a topic from outside to plugins and sequences, or says why not. */
export async function emitOutsideTopic(turn: Turn, { key, topic }: EmitTopicRequest): Promise<void> {
  const checked = checkTopic(topic);
  if (!('name' in checked)) {
    // Its name is not logged: it is whatever somebody sent.
    log.info(`A topic from outside is refused: ${checked.status}`);
    settleRequest(turn.state, key, checked);
    return;
  }
  settleRequest(turn.state, key, { status: 'emitted' });
  await finishTurn({ ...silencedByOperator(turn), topics: [checked] });
}

/** While an operator answers, plugins hear topics and say nothing. */
function silencedByOperator(turn: Turn): Turn {
  if (!turn.state.human) return turn;
  const cancellation = createSendCancellation();
  cancellation.cancel();
  return { ...turn, cancellation };
}

/** The topic with the output of its schema, or why it is refused. */
function checkTopic({ name, data }: Topic): Topic | EmitTopicResult {
  const { topics = {} } = bot();
  const schema = Object.hasOwn(topics, name) ? topics[name] : undefined;
  if (schema === undefined) return { status: 'undeclared' };
  try {
    const output = schema === true ? data : validate(name, schema, data);
    return freezeJson({
      name,
      ...(output !== undefined && { data: copyPlainJson(output, 'data', MAX_DATA_CHARS) }),
    });
  } catch (error) {
    const issues = error instanceof Issues ? error.issues : [describeError(error)];
    return { status: 'invalid', issues: issues.slice(0, MAX_ISSUES).map((issue) => cutText(issue, MAX_ISSUE_CHARS)) };
  }
}

type Schema = Exclude<NonNullable<ReturnType<typeof bot>['topics']>[string], true>;

function validate(name: string, schema: Schema, data: unknown): unknown {
  startStepBudget();
  try {
    const result = runBotCode({ plugin: `topics.${name}`, hook: 'validate' }, () => schema['~standard'].validate(data));
    if ('then' in result) throw new Error('Its schema answers later. Give the topic a schema that answers at once.');
    if (result.issues) throw new Issues(result.issues.map(describeIssue));
    return result.value;
  } finally {
    endStepBudget();
  }
}

/** What a schema finds wrong. */
class Issues extends Error {
  readonly issues: readonly string[];

  constructor(issues: readonly string[]) {
    super(issues.join('; '));
    this.issues = issues;
  }
}

function describeIssue({ message, path }: { readonly message: string; readonly path?: unknown }): string {
  const keys = Array.isArray(path) ? path.map((part: unknown) => keyOf(part)).filter((key) => key !== '') : [];
  return keys.length > 0 ? `${keys.join('.')}: ${message}` : message;
}

/** A part of a path is a key, or an object with one. */
function keyOf(part: unknown): string {
  const key = typeof part === 'object' && part !== null ? (part as { readonly key?: unknown }).key : part;
  return typeof key === 'string' || typeof key === 'number' ? String(key) : '';
}
