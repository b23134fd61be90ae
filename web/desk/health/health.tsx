import { useEffect } from 'preact/hooks';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { Panel, View, WhenLoaded } from '../parts/view.tsx';
import { DeadEvents } from './dead-events.tsx';
import { DeadWebhooks } from './dead-webhooks.tsx';
import { PageHealthPanel } from './page-health.tsx';
import { Servers } from './servers.tsx';

const EVERY_MS = 15_000;

/** Whether messages come in and go out, and what has failed for good. */
export function Health() {
  const { api, session } = useDesk();
  const health = useLoaded((signal) => api.GET('/health', { signal }), []);
  const { reload } = health;
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <View title="Health" words="Whether messages come in and go out. It is read again every 15 seconds.">
      <WhenLoaded loaded={health}>
        {(data) => (
          <>
            <Servers health={data} />
            {data.pages.length === 0 && (
              <Panel title="Pages">
                <p class="soft">
                  No Page is known yet. The administrator adds one to its settings; it appears with its first event.
                </p>
              </Panel>
            )}
            {data.pages.map((page) => (
              <PageHealthPanel key={page.id} page={page} />
            ))}
          </>
        )}
      </WhenLoaded>
      <DeadEvents onChange={reload} />
      {includesRole(session.role, 'admin') && <DeadWebhooks />}
    </View>
  );
}
