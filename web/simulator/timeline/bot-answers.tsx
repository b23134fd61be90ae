import { useState } from 'preact/hooks';
import { request } from '../../shared/request.ts';
import { formatTime } from '../../shared/times.ts';
import type { InspectedTurn, TraceView } from '../views.ts';

/** How an answer is shown. */
const RESULTS: Readonly<Record<string, string>> = { handled: 'accepted', failed: 'refused', disabled: 'waiting' };

interface BotAnswersProps {
  /** The trace id of the message or event. */
  readonly id: string;
  /** The turn that it began, if it is among the last. */
  readonly turn: InspectedTurn | undefined;
  readonly timezone: number;
}

/** What became of a message inside the bot: who answered, and each step to unfold. */
export function BotAnswers({ id, turn, timezone }: BotAnswersProps) {
  const [trace, setTrace] = useState<TraceView>();
  const load = (isOpen: boolean) => {
    if (isOpen) void request<TraceView>('GET', `api/traces?id=${encodeURIComponent(id)}`).then(setTrace, showProblem);
  };
  const showProblem = (error: Error) => setTrace({ steps: [], missing: [error.message] });
  const decisive = turn?.answers.find(({ answer }) => answer !== 'pass');
  return (
    <details onToggle={({ currentTarget }) => load(currentTarget.open)}>
      <summary>
        <span class="label">Bot</span>
        <span class="detail">{decisive?.who ?? (turn ? 'nobody' : 'what became of it')}</span>
        {turn && (
          <span class="result" data-result={RESULTS[decisive?.answer ?? ''] ?? 'none'}>
            {decisive?.answer ?? 'unanswered'}
          </span>
        )}
      </summary>
      {turn && (
        <ul class="answers" aria-label="Answers of the bot's parts">
          {turn.answers.map(({ hook, who, answer }, index) => (
            <li key={index}>
              <span>{who}</span> <code>{hook}</code> <b data-answer={answer}>{answer}</b>
            </li>
          ))}
        </ul>
      )}
      {trace && (
        <ol class="trace" aria-label="What became of it">
          {trace.steps.map(({ at, what, words, reason }, index) => (
            <li key={index}>
              <time>{at === null ? '' : formatTime(Date.parse(at), timezone)}</time>
              <b>{what}</b>
              <span>
                {words} {reason !== null && <code>{reason}</code>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {trace?.missing.map((sentence) => (
        <p key={sentence} class="meaning">
          {sentence}
        </p>
      ))}
    </details>
  );
}
