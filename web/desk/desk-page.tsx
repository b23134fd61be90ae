import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError, createClient } from '../../src/client/index.ts';
import { DeskContext, type Desk, type Session } from './desk-context.ts';
import { Frame } from './frame/frame.tsx';
import { Notices, useNotices } from './frame/notices.tsx';
import { openLive } from './live.ts';
import { forgetStored } from './parts/stored.ts';
import { Login } from './session/login.tsx';

/** The desk: the login, or the view of the address for the operator who is logged in. */
export function DeskPage() {
  const [session, setSession] = useState<Session | 'unknown' | 'nobody'>('unknown');
  const { notices, notify, dismiss } = useNotices();
  const api = useMemo(() => createDeskApi(() => setSession('nobody')), []);

  const readSession = useCallback(async () => {
    try {
      setSession(await api.GET('/session'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status !== 401) notify({ text: error.message, isFailure: true });
      setSession('nobody');
    }
  }, [api, notify]);
  useEffect(() => void readSession(), [readSession]);

  if (session === 'unknown') return <p class="loading">Loading …</p>;
  return (
    <>
      {session === 'nobody' ? (
        <Login api={api} onLogin={setSession} />
      ) : (
        <OpenDesk
          key={session.name}
          api={api}
          session={session}
          notify={notify}
          onLogout={() => setSession('nobody')}
        />
      )}
      <Notices notices={notices} onDismiss={dismiss} />
    </>
  );
}

interface OpenDeskProps extends Pick<Desk, 'api' | 'session'>, Pick<ReturnType<typeof useNotices>, 'notify'> {
  readonly onLogout: () => void;
}

function OpenDesk({ api, session, notify, onLogout }: OpenDeskProps) {
  const [live] = useState(openLive);
  useEffect(() => () => live.close(), [live]);
  const desk = useMemo<Desk>(
    () => ({
      api,
      session,
      live,
      async attempt(work, done) {
        try {
          await work();
          if (done !== undefined) notify({ text: done, isFailure: false });
          return true;
        } catch (error) {
          notify({ text: error instanceof Error ? error.message : String(error), isFailure: true });
          return false;
        }
      },
      async logOut() {
        await api.DELETE('/session').catch(() => undefined);
        forgetStored(session.name);
        onLogout();
      },
    }),
    [api, session, live, notify, onLogout],
  );
  return (
    <DeskContext.Provider value={desk}>
      <Frame />
    </DeskContext.Provider>
  );
}

/** The operator API of this listener; says when the session is over. */
function createDeskApi(onSessionOver: () => void) {
  return createClient({
    url: location.origin,
    async fetch(request) {
      const response = await fetch(request);
      if (response.status === 401) onSessionOver();
      return response;
    },
  });
}
