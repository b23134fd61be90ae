import { useEffect, useRef } from 'preact/hooks';
import { useDesk } from '../../desk-context.ts';

/** Meta shows the indicator for 20 seconds. */
const AGAIN_AFTER_MS = 15_000;
const STOP_AFTER_MS = 6000;

/** Shows the person that an operator types, as long as they do. An indicator that is not shown is not missed. */
export function useTyping(id: string) {
  const { api } = useDesk();
  const shownAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>();

  const show = (on: boolean) => {
    shownAt.current = on ? Date.now() : 0;
    void api.POST('/conversations/{id}/typing', { params: { path: { id } }, body: { on } }).catch(() => undefined);
  };
  const stop = () => {
    clearTimeout(timer.current);
    // A message ends it by itself.
    shownAt.current = 0;
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return {
    onInput() {
      if (Date.now() - shownAt.current > AGAIN_AFTER_MS) show(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => shownAt.current > 0 && show(false), STOP_AFTER_MS);
    },
    stop,
  };
}
