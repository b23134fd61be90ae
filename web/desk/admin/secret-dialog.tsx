import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';

/** A secret that is shown once. */
export interface NewSecret {
  /** Of which destination. */
  readonly name: string;
  readonly secret: string;
}

interface SecretDialogProps extends NewSecret {
  readonly onClose: () => void;
}

/** Shows a secret, the only time that anybody can read it. */
export function SecretDialog({ name, secret, onClose }: SecretDialogProps) {
  const [copied, setCopied] = useState('');
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied('Copied.');
    } catch {
      // Without TLS a page may not write there.
      setCopied('The browser does not allow it. Select the text and copy it yourself.');
    }
  }
  return (
    <Dialog title={`The secret of ${name}`} submitWords="I have it" onClose={onClose} onSubmit={onClose}>
      <p>Copy it now: it is shown this once. The other system needs it to know that a post comes from you.</p>
      <label>
        Secret
        <input readOnly value={secret} onFocus={({ currentTarget }) => currentTarget.select()} />
      </label>
      <p>
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>{' '}
        <span role="status">{copied}</span>
      </p>
    </Dialog>
  );
}
