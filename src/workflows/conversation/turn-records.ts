/** What the parts of the bot answered in the last turns, for traces. It rides in the state: a turn writes nothing for it. */

import { toAnswerText, type RecordedAnswer } from '../../domain/turn-record.ts';
import { cutText } from '../text.ts';
import type { Turn } from './turn.ts';

const MAX_RECORDED_TURNS = 20;
const MAX_RECORDED_ANSWERS = 20;
const MAX_ANSWER_CHARS = 120;
const MAX_AGE_MS = 7 * 86_400_000;

/** Begins the record of a turn that these events began; older records make room for it. */
export function beginRecord(turn: Turn, events: readonly number[]): void {
  const { state, now } = turn;
  const record = { events, at: now(), answers: [] };
  const kept = (state.turns ?? []).filter(({ at }) => at > now() - MAX_AGE_MS);
  state.turns = [...kept, record].slice(-MAX_RECORDED_TURNS);
  turn.record = record;
}

/** Records an answer; a turn that no event began has no record. */
export function recordAnswer({ record }: Turn, answer: RecordedAnswer): void {
  if (!record || record.answers.length >= MAX_RECORDED_ANSWERS) return;
  record.answers.push(cutText(toAnswerText(answer), MAX_ANSWER_CHARS));
}
