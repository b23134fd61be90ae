import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** What a view reads from the API. */
export interface Loaded<T> {
  /** The latest answer; `undefined` until there is one. */
  readonly data: T | undefined;
  /** Why the latest try failed. */
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  /** Reads again; the answer before stays until then. */
  readonly reload: () => void;
}

/**
 * Reads when the view is first shown, and whenever one of `inputs` changes. An answer that comes after a later request is
 * dropped.
 */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ data: undefined, error: undefined, isLoading: true });
  const latest = useRef<AbortController>();
  const key = JSON.stringify(inputs);
  const shownKey = useRef(key);
  const reader = useRef(read);
  reader.current = read;

  const reload = useCallback(() => {
    latest.current?.abort();
    const ended = new AbortController();
    latest.current = ended;
    const { signal } = ended;
    setState((before) => ({ ...before, isLoading: true }));
    reader.current(signal).then(
      (data) => signal.aborted || setState({ data, error: undefined, isLoading: false }),
      (error: Error) => signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
    );
  }, []);

  useEffect(() => {
    // What was read for other inputs is no answer to these.
    if (shownKey.current !== key) setState({ data: undefined, error: undefined, isLoading: true });
    shownKey.current = key;
    reload();
    return () => latest.current?.abort();
  }, [key, reload]);

  return { ...(shownKey.current === key ? state : { data: undefined, error: undefined, isLoading: true }), reload };
}
