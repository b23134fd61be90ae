import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { EverthreadClient } from '../../../src/client/index.ts';
import { textOf } from '../../shared/forms.ts';
import type { Session } from '../desk-context.ts';

interface LoginProps {
  readonly api: EverthreadClient;
  readonly onLogin: (session: Session) => void;
}

/** Asks for name and password. */
export function Login({ api, onLogin }: LoginProps) {
  const [failure, setFailure] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  // A password may begin or end with a space.
  const [password, setPassword] = useState('');

  async function logIn(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setIsBusy(true);
    try {
      onLogin(await api.POST('/session', { body: { name: textOf(fields, 'name'), password } }));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setIsBusy(false);
    }
  }

  return (
    <main class="login">
      <form aria-label="Log in" onSubmit={(event) => void logIn(event)}>
        <img src="page/icon.svg" alt="" class="logo" />
        <h1>Desk</h1>
        <label>
          Name
          <input name="name" autocomplete="username" required maxLength={200} />
        </label>
        <label>
          Password
          <input
            type="password"
            autocomplete="current-password"
            required
            maxLength={1000}
            value={password}
            onInput={({ currentTarget }) => setPassword(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={isBusy}>
          Log in
        </button>
        <p role="alert" class="failure">
          {failure}
        </p>
      </form>
    </main>
  );
}
