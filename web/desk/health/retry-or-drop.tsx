import { ConfirmButton } from '../parts/confirm-dialog.tsx';

interface RetryOrDropProps {
  /** What it is about, for screen readers. */
  readonly about: string;
  readonly onRetry: () => void;
  /** Left out: it cannot be dropped. */
  readonly onDrop?: () => Promise<void>;
  /** What is lost. */
  readonly dropQuestion?: string;
}

/** Two ways out for what has failed. */
export function RetryOrDrop({ about, onRetry, onDrop, dropQuestion }: RetryOrDropProps) {
  return (
    <span class="buttons">
      <button type="button" aria-label={`Retry ${about}`} onClick={onRetry}>
        Retry
      </button>
      {onDrop && <ConfirmButton words="Drop" about={about} question={dropQuestion} onConfirm={onDrop} />}
    </span>
  );
}
