import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Called when the form is sent, which it is not again before that has resolved. */
  readonly onSubmit: (fields: FormData) => unknown;
  readonly submitWords: string;
  /** Whether it does something that cannot be undone. */
  readonly isDangerous?: boolean;
  readonly isSubmitDisabled?: boolean;
  readonly children: ComponentChildren;
}

/** A question that has to be answered first. Escape closes it; the browser keeps the focus inside. */
export function Dialog({
  title,
  onClose,
  onSubmit,
  submitWords,
  isDangerous,
  isSubmitDisabled,
  children,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => void (opener instanceof HTMLElement && opener.focus());
  }, []);
  async function submit(fields: FormData): Promise<void> {
    setIsBusy(true);
    await onSubmit(fields);
    setIsBusy(false);
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
        <div class="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy || isSubmitDisabled}>
            {submitWords}
          </button>
        </div>
      </form>
    </dialog>
  );
}
