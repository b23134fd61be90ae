import { useEffect, useState } from 'preact/hooks';
import { Admin } from '../admin/admin.tsx';
import { Broadcasts } from '../broadcasts/broadcasts.tsx';
import { useDesk } from '../desk-context.ts';
import { Health } from '../health/health.tsx';
import { Inbox } from '../inbox/inbox.tsx';
import { useWaiting } from '../inbox/waiting.ts';
import { Leads } from '../leads/leads.tsx';
import { Numbers } from '../numbers/numbers.tsx';
import { useRoute } from '../route.ts';
import { Navigation } from './navigation.tsx';

/** What is around every view: the navigation, and whether the page is connected. */
export function Frame() {
  const route = useRoute();
  const waiting = useWaiting();
  const isConnected = useConnection();
  return (
    <div class="frame" data-view={route.view}>
      <Navigation view={route.view} waiting={waiting} />
      <main class="view">
        {!isConnected && (
          <p class="banner" role="status" aria-label="Connection">
            No connection. What you see may be old; the page connects again by itself.
          </p>
        )}
        {route.view === 'inbox' && <Inbox route={route} />}
        {route.view === 'leads' && <Leads route={route} />}
        {route.view === 'numbers' && <Numbers route={route} />}
        {route.view === 'broadcasts' && <Broadcasts />}
        {route.view === 'health' && <Health />}
        {route.view === 'admin' && <Admin route={route} />}
      </main>
    </div>
  );
}

/** A short interruption is not worth a word. */
const QUIET_MS = 2000;

function useConnection(): boolean {
  const { live } = useDesk();
  const [isConnected, setIsConnected] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = live.followConnection((now) => {
      clearTimeout(timer);
      if (now) setIsConnected(true);
      else timer = setTimeout(() => setIsConnected(false), QUIET_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [live]);
  return isConnected;
}
