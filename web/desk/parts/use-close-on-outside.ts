import { useEffect, useRef } from 'preact/hooks';

/** Closes a popup by Escape, and by a click elsewhere. Answers with the ref of the element around it and its button. */
export function useCloseOnOutside(isOpen: boolean, close: () => void) {
  const around = useRef<HTMLElement>(null);
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!isOpen) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      around.current?.querySelector('button')?.focus();
      latest.current();
    };
    const onClick = ({ target }: MouseEvent) => {
      if (target instanceof Node && !around.current?.contains(target)) latest.current();
    };
    document.addEventListener('keydown', onKey, true);
    document.addEventListener('click', onClick);
    return () => {
      document.removeEventListener('keydown', onKey, true);
      document.removeEventListener('click', onClick);
    };
  }, [isOpen]);
  return around;
}
