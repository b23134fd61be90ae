import { usePageActions } from '../page-actions.ts';
import type { Notice, PageState } from '../page-store.ts';
import { FaultTool } from './fault-tool.tsx';
import { MoreActions } from './more-actions.tsx';
import { TimeTool } from './time-tool.tsx';

type ToolsProps = Pick<PageState, 'thread' | 'simulator' | 'inspection' | 'notice'>;

/** Above the timeline: moving the person's time, and everything else one can do. */
export function Tools({ thread, simulator, inspection, notice }: ToolsProps) {
  return (
    <div class="tools">
      <TimeTool person={thread?.person} inspection={inspection} movesTimers={simulator?.movesTimers ?? true} />
      <MoreActions person={thread?.person} />
      <FaultTool faults={simulator?.faults ?? []} thread={thread} />
      <Done notice={notice?.isFailure === false ? notice : undefined} />
    </div>
  );
}

/** What the last action did, and what happened meanwhile. */
function Done({ notice }: { readonly notice: Notice | undefined }) {
  const { showEntry } = usePageActions();
  const { text, happened = [] } = notice ?? {};
  return (
    <div class="done" role="status" aria-label="Last action">
      {text}
      {happened.length > 0 && (
        <ul class="hits">
          {happened.map(({ seq, words }) => (
            <li key={seq}>
              <button type="button" onClick={() => showEntry(String(seq))}>
                {words}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
