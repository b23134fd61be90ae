import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { InboxList, Route } from '../route.ts';
import type { ListState } from './conversation-list.ts';
import { Row } from './row.tsx';

/** Each row has this height, so that those out of sight need not be drawn. The style sheet has it too. */
const ROW_PX = 84;
/** How many rows above and below those in sight are drawn. */
const MARGIN_ROWS = 8;

interface RowsProps {
  readonly state: ListState;
  readonly list: InboxList;
  readonly openId: string | undefined;
  readonly query: Route['query'];
  /** The reader comes to the end of what is loaded. */
  readonly onEnd: () => void;
}

/** The rows in sight, however long the list is. The arrow keys go from row to row. */
export function Rows({ state, list, openId, query, onEnd }: RowsProps) {
  const { items, hasMore, isLoading } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last } = useRowsInSight(scroller, items.length);
  useArrowKeys(scroller);

  useEffect(() => {
    if (hasMore && !isLoading && last >= items.length - MARGIN_ROWS) onEnd();
  });

  return (
    <div class="rows" ref={scroller} aria-busy={isLoading}>
      <ul style={`--rows: ${items.length}`}>
        {items.slice(first, last).map((item, at) => (
          <li
            key={item.id}
            aria-posinset={first + at + 1}
            aria-setsize={hasMore ? -1 : items.length}
            style={`--row: ${first + at}`}
          >
            <Row summary={item} list={list} query={query} isOpen={item.id === openId} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function useRowsInSight(scroller: { readonly current: HTMLElement | null }, count: number) {
  const [inSight, setInSight] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = () => {
      const { scrollTop: top, clientHeight: height } = element;
      setInSight((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller]);
  const first = Math.max(0, Math.floor(inSight.top / ROW_PX) - MARGIN_ROWS);
  const last = Math.min(count, Math.ceil((inSight.top + inSight.height) / ROW_PX) + MARGIN_ROWS);
  return { first: Math.min(first, last), last };
}

/** The arrow keys go from row to row. */
function useArrowKeys(scroller: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const onKey = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const links = [...element.querySelectorAll('a')];
      const at = links.findIndex((link) => link === document.activeElement);
      const next = step === undefined || at === -1 ? undefined : links[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    };
    element.addEventListener('keydown', onKey);
    return () => element.removeEventListener('keydown', onKey);
  }, [scroller]);
}
