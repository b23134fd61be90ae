import { useState } from 'preact/hooks';
import { usePageActions } from '../page-actions.ts';
import type { FigureOf } from '../views.ts';

/** A customer feedback template, answered by a tap on a score. */
export function Survey({ survey, mid }: { readonly survey: FigureOf<'survey'>; readonly mid: string }) {
  const { title, subtitle, button, question, scores } = survey;
  const { rate } = usePageActions();
  const [answer, setAnswer] = useState<number>();
  const choose = (score: number) => {
    setAnswer(score);
    rate(mid, score);
  };
  return (
    <div class="card rich survey">
      <p class="title">{title}</p>
      <p class="subtitle">{subtitle}</p>
      <details>
        <summary>{button}</summary>
        <p class="question">{question}</p>
        <div class="scores">
          {scores.map(({ score, face }) => (
            <button
              key={score}
              type="button"
              title={String(score)}
              aria-label={`Score ${score}`}
              onClick={() => choose(score)}
            >
              {face}
            </button>
          ))}
        </div>
        <p class="thanks" role="status">
          {answer !== undefined && `You answered ${answer}.`}
        </p>
      </details>
    </div>
  );
}
