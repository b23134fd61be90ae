import { useState } from 'preact/hooks';
import { usePageActions } from '../page-actions.ts';
import type { BrokenWorkflow } from '../views.ts';

interface CodeNotesProps {
  /** Why the bot's files cannot be loaded. */
  readonly botProblem: string | undefined;
  readonly brokenRuns: readonly BrokenWorkflow[];
}

/** Why the bot's code as it was saved does not answer: it cannot be loaded, or workflows began with other code. */
export function CodeNotes({ botProblem, brokenRuns }: CodeNotesProps) {
  return (
    <div role="status" aria-label="About the bot's code">
      {botProblem !== undefined && (
        <div class="code-note">
          <b>The bot as it was saved cannot be loaded; what ran before goes on.</b>
          <pre>{botProblem}</pre>
        </div>
      )}
      {brokenRuns.map((run) => (
        <BrokenRunNote key={run.workflowId} run={run} />
      ))}
    </div>
  );
}

function BrokenRunNote({ run: { workflowId, type, problem } }: { readonly run: BrokenWorkflow }) {
  const { resetRun } = usePageActions();
  const [isResetting, setIsResetting] = useState(false);
  const name = type === 'conversation' ? 'This conversation' : `The sequence "${type}"`;
  const reset = () => {
    setIsResetting(true);
    void resetRun(workflowId).finally(() => setIsResetting(false));
  };
  return (
    <div class="code-note">
      <b>{name} began with other code and cannot go on.</b>
      <span>{problem}</span>
      <button type="button" disabled={isResetting} onClick={reset}>
        Begin again with the code of now
      </button>
    </div>
  );
}
