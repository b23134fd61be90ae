import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

interface ConfirmButtonProps {
  /** What the button says, and the dialog: `Remove`. */
  readonly words: string;
  /** Whom or what it is about, for screen readers: there are many such buttons. */
  readonly about: string;
  readonly question: ComponentChildren;
  readonly onConfirm: () => Promise<unknown>;
  readonly isDangerous?: boolean;
}

/** A button that asks before it acts. */
export function ConfirmButton({ words, about, question, onConfirm, isDangerous = true }: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class={isDangerous ? 'danger' : undefined}
        aria-label={`${words} ${about}`}
        onClick={() => setIsOpen(true)}
      >
        {words} …
      </button>
      {isOpen && (
        <Dialog
          title={`${words} ${about}`}
          submitWords={words}
          isDangerous={isDangerous}
          onClose={() => setIsOpen(false)}
          onSubmit={() => {
            setIsOpen(false);
            void onConfirm();
          }}
        >
          <p>{question}</p>
        </Dialog>
      )}
    </>
  );
}
