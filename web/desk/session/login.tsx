import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { EverthreadClient, Schemas } from '../../../src/client/index.ts';
import { textOf } from '../../shared/forms.ts';
import type { Session } from '../desk-context.ts';
import { useLoaded } from '../load.ts';

type DemoName = Schemas['DemoOffer']['names'][number];

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

  const { data: demo } = useLoaded(() => api.GET('/session/demo'), []);

  async function logInAs(name: DemoName): Promise<void> {
    try {
      onLogin(await api.POST('/session/demo', { body: { name } }));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

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
        {demo?.offered && (
          <section class="demo" aria-label="Without a password">
            <p class="soft">This is everthread on your machine, so you need no password.</p>
            {demo.names.map((name) => (
              <button key={name} type="button" onClick={() => void logInAs(name)}>
                Log in as {name}
              </button>
            ))}
          </section>
        )}
        <p role="alert" class="failure">
          {failure}
        </p>
      </form>
    </main>
  );
}
