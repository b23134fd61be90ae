import type { TranscriptLine } from '../../domain/transcript-line.ts';
import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import { optionsOf } from '../options.ts';
import { declareActivities } from '../plugin-activities.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import type { AssistantActivities, AssistantAnswer, AssistantHandback, AssistantLine } from './question.ts';

/** The options of {@link assistant}. */
export interface AssistantOptions {
  /** How many questions of one person go to the model within 24 hours; at least 1. Default: 30. */
  readonly answersPerDay?: number;
  /** A longer message, in characters, does not go to the model; at least 1. Default: 1,000. */
  readonly longestMessage?: number;
}

/** Persisted with the conversation: field names stay. */
interface AssistantState {
  /** When the person's current 24 hours began, epoch ms. */
  since: number;
  /** Questions since then, answered or not: each may have cost money. */
  asked: number;
}

const QUOTA_PERIOD_MS = 86_400_000;
/** Meta asks for an answer within 30 seconds (Meta, Policy, read 2026-10-06); the fallback must be sent by then. */
const ANSWER_WITHIN = '25 seconds';

/**
 * Lets a language model answer messages that no other plugin handled. Put it last, and `assistantActivities` of
 * `everthread/assistant` into `activities.ts`. When the model has no answer, fails or takes longer than 25 seconds, the
 * bot's fallback is sent.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function assistant(options: AssistantOptions = {}): Plugin<AssistantState, AssistantActivities> {
  const { answersPerDay = 30, longestMessage = 1000 } = options;
  const check = optionsOf('assistant');
  check.known(options, { answersPerDay: true, longestMessage: true });
  check.that(isCount(answersPerDay), 'answersPerDay', 'a whole number from 1', answersPerDay);
  check.that(isCount(longestMessage), 'longestMessage', 'a whole number from 1', longestMessage);

  /** Counts the question; `false` when the person has used up the quota. */
  function countsWithinQuota({ state, now }: PluginContext<AssistantState, AssistantActivities>): boolean {
    if (now - state.since >= QUOTA_PERIOD_MS) Object.assign(state, { since: now, asked: 0 });
    state.asked += 1;
    return state.asked <= answersPerDay;
  }

  return definePlugin<AssistantState, AssistantActivities>({
    name: 'assistant',
    state: { since: 0, asked: 0 },
    emits: ['assistant.answered', 'assistant.unanswered'],
    activities: declareActivities<AssistantActivities>({
      // One try: a second answer would come too late. The limit includes the time until a worker is available.
      assistantAnswer: { scheduleToCloseTimeout: ANSWER_WITHIN, retry: { maximumAttempts: 1 } },
    }),
    async afterMessage(ctx, event, handledBy) {
      if (handledBy !== undefined || event.kind !== 'message' || !event.text?.trim()) return 'pass';
      if (event.text.length > longestMessage || !countsWithinQuota(ctx)) return 'pass';
      ctx.typing();
      const answer = await askModel(ctx, event);
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

async function askModel(
  ctx: PluginContext<AssistantState, AssistantActivities>,
  { text = '' }: MessageEvent,
): Promise<AssistantAnswer> {
  const { activities, conversation, contact, lines } = ctx;
  const { locale } = contact;
  const question = lines.findLastIndex(({ by }) => by === 'person');
  const before = lines.filter((_, index) => index !== question);
  const conversationLines: AssistantLine[] = [...before.map(toAssistantLine), { by: 'person', text }];
  const handback = toAssistantHandback(ctx);
  try {
    return await activities.assistantAnswer({
      conversation,
      ...(locale !== undefined && { locale }),
      lines: conversationLines,
      ...(handback && { handback }),
    });
  } catch {
    return { status: 'unanswered', reason: 'no answer in time, or the worker failed' };
  }
}

function toAssistantLine({ by, text }: TranscriptLine): AssistantLine {
  if (by === 'person') return { by, text };
  return { by: 'page', text, ...(by === 'human' && { isOperator: true }) };
}

/** An end of a time in which nobody answered says nothing, unless somebody wrote a note. */
function toAssistantHandback({
  handback,
  now,
}: PluginContext<AssistantState, AssistantActivities>): AssistantHandback | undefined {
  if (!handback) return undefined;
  const { at, note, answeredAt } = handback;
  if (note === undefined && answeredAt === undefined) return undefined;
  return {
    minutesAgo: Math.max(0, Math.round((now - at) / 60_000)),
    wasAnswered: answeredAt !== undefined,
    ...(note !== undefined && { note }),
  };
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}
