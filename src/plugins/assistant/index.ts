import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import { optionsOf } from '../options.ts';
import { declareActivities } from '../plugin-activities.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { AssistantActivities, AssistantAnswer, AssistantLine } from './question.ts';

export interface AssistantOptions {
  /** How many questions of one person the model gets within 24 hours. Default: 30. */
  readonly answersPerDay?: number;
  /** A message of more characters is none for the model. Default: 1000. */
  readonly longestMessage?: number;
}

interface AssistantState {
  /** When the person's 24 hours began, epoch ms. */
  since: number;
  /** Questions since then, answered or not: each may have cost something. */
  asked: number;
}

const DAY_MS = 86_400_000;
/** Meta asks for an answer within 30 seconds (Meta, Policy, read 2026-10-06), so the fallback must come before. */
const ANSWER_WITHIN = '25 seconds';

/**
 * A language model answers what nobody else did. Put it last, and its outside half into `activities.ts`
 * (`everthread/assistant`). When it has no answer, fails or takes too long, the bot's fallback is said.
 */
export function assistant({ answersPerDay = 30, longestMessage = 1000 }: AssistantOptions = {}): Plugin<
  AssistantState,
  AssistantActivities
> {
  const check = optionsOf('assistant');
  check.that(isCount(answersPerDay), 'answersPerDay', 'a whole number from 1', answersPerDay);
  check.that(isCount(longestMessage), 'longestMessage', 'a whole number from 1', longestMessage);

  /** Counts the question; `false` when the person has had their share. */
  function mayAsk({ state, now }: PluginContext<AssistantState, AssistantActivities>): boolean {
    if (now - state.since >= DAY_MS) Object.assign(state, { since: now, asked: 0 });
    state.asked += 1;
    return state.asked <= answersPerDay;
  }

  return definePlugin<AssistantState, AssistantActivities>({
    name: 'assistant',
    state: { since: 0, asked: 0 },
    activities: declareActivities<AssistantActivities>({
      // Once: whoever waits for a second try has left. The time that a worker is away counts too.
      assistantAnswer: { scheduleToCloseTimeout: ANSWER_WITHIN, retry: { maximumAttempts: 1 } },
    }),
    async afterMessage(ctx, event, handledBy) {
      if (handledBy !== undefined || event.kind !== 'message' || !event.text?.trim()) return 'pass';
      if (event.text.length > longestMessage || !mayAsk(ctx)) return 'pass';
      ctx.typing();
      const answer = await ask(ctx, event);
      if (answer.status === 'answered' && answer.text.trim()) {
        await ctx.send(answer.text);
        ctx.emit('assistant.answered');
        return 'handled';
      }
      ctx.log.warn('The assistant has no answer', { reason: answer.status === 'answered' ? 'empty' : answer.reason });
      ctx.emit('assistant.unanswered');
      return 'pass';
    },
  });
}

async function ask(
  { activities, conversation, contact, lines }: PluginContext<AssistantState, AssistantActivities>,
  { text = '' }: MessageEvent,
): Promise<AssistantAnswer> {
  const { locale } = contact;
  const question = lines.findLastIndex(({ by }) => by === 'person');
  const before = lines.filter((_, index) => index !== question);
  const talk: AssistantLine[] = [
    ...before.map((line) => ({ by: line.by === 'person' ? line.by : ('page' as const), text: line.text })),
    { by: 'person', text },
  ];
  try {
    return await activities.assistantAnswer({ conversation, ...(locale !== undefined && { locale }), lines: talk });
  } catch {
    return { status: 'unanswered', reason: 'no answer in time, or the worker failed' };
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}
