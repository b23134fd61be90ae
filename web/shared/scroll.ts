import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** A list that a reader has scrolled up by less than this stays at its end. */
interface StickOptions {
  readonly withinPx: number;
  /** Goes to the end wherever the list stands. */
  readonly isForced?: boolean;
}

/** Keeps a scrolling list at its end when it gets new `items`, unless the reader has scrolled up. */
export function useStickToEnd(list: RefObject<HTMLElement>, items: unknown, options: StickOptions): void {
  const { withinPx, isForced = false } = options;
  // Measured while rendering, before the new items are in the document.
  const isAtEnd = list.current === null || distanceToEnd(list.current) < withinPx;
  const shownItems = useRef<unknown>(undefined);
  useLayoutEffect(() => {
    if (shownItems.current === items) return;
    shownItems.current = items;
    if (list.current && (isAtEnd || isForced)) scrollToEnd(list.current);
  });
}

/** Keeps a scrolling list at its end when it changes its size, is shown again, or a picture of it has loaded. */
export function useStickToEndOnResize(list: RefObject<HTMLElement>, { withinPx }: StickOptions): void {
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    let wasAtEnd = true;
    // A hidden list has no height and loses its place: it begins at its end again.
    const onScroll = () => (wasAtEnd = element.clientHeight === 0 || distanceToEnd(element) < withinPx);
    const onChange = () => {
      if (element.clientHeight === 0) wasAtEnd = true;
      else if (wasAtEnd) scrollToEnd(element);
    };
    const observer = new ResizeObserver(onChange);
    observer.observe(element);
    element.addEventListener('scroll', onScroll);
    // `load` does not bubble.
    element.addEventListener('load', onChange, { capture: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('load', onChange, { capture: true });
    };
  }, [list, withinPx]);
}

function distanceToEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}

function scrollToEnd(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
}
