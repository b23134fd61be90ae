import { usePageActions } from '../page-actions.ts';
import type { ThreadView } from '../views.ts';

/** The quick replies of the newest message, above the composer. */
export function QuickReplies({ quickReplies }: Pick<ThreadView, 'quickReplies'>) {
  const { tap } = usePageActions();
  return (
    <div class="quick-replies" role="group" aria-label="Quick replies" hidden={quickReplies.length === 0}>
      {quickReplies.map(({ mid, title }, index) => (
        <button key={`${mid} ${index}`} type="button" onClick={() => tap(title, mid)}>
          {title}
        </button>
      ))}
    </div>
  );
}
