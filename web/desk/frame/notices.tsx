import { useCallback, useRef, useState } from 'preact/hooks';

/** A sentence about the last action. */
export interface Notice {
  readonly text: string;
  readonly isFailure: boolean;
}

interface ShownNotice extends Notice {
  readonly id: number;
}

const DONE_MS = 4000;
const FAILURE_MS = 12_000;

/** Sentences that are shown for a while. */
export function useNotices() {
  const [notices, setNotices] = useState<readonly ShownNotice[]>([]);
  const nextId = useRef(0);
  const dismiss = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const notify = useCallback(
    (notice: Notice) => {
      const id = (nextId.current += 1);
      // The same sentence twice is one.
      setNotices((all) => [...all.filter(({ text }) => text !== notice.text), { ...notice, id }]);
      setTimeout(() => dismiss(id), notice.isFailure ? FAILURE_MS : DONE_MS);
    },
    [dismiss],
  );
  return { notices, notify, dismiss };
}

interface NoticesProps {
  readonly notices: readonly ShownNotice[];
  readonly onDismiss: (id: number) => void;
}

/** Shows them above everything else. */
export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div class="notices">
      <div role="alert">{notices.filter(({ isFailure }) => isFailure).map(toNotice)}</div>
      <div role="status" aria-label="Last action">
        {notices.filter(({ isFailure }) => !isFailure).map(toNotice)}
      </div>
    </div>
  );

  function toNotice({ id, text, isFailure }: ShownNotice) {
    return (
      <p key={id} class={isFailure ? 'notice failure' : 'notice'}>
        {text}
        <button type="button" class="quiet" aria-label="Dismiss" onClick={() => onDismiss(id)}>
          ✕
        </button>
      </p>
    );
  }
}
