import { useEffect } from 'preact/hooks';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { View, WhenLoaded } from '../parts/view.tsx';
import { BroadcastPanel } from './broadcast-panel.tsx';

const WHILE_RUNNING_MS = 3000;

/** The broadcasts of the bot: whom they would reach, and how far they are. */
export function Broadcasts() {
  const { api, session } = useDesk();
  const isForAll = session.pages === null;
  const broadcasts = useLoaded(
    async (signal) => (isForAll ? (await api.GET('/broadcasts', { signal })).items : []),
    [isForAll],
  );
  const { data = [], reload } = broadcasts;
  const isRunning = data.some(({ status }) => status === 'running');
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(reload, WHILE_RUNNING_MS);
    return () => clearInterval(timer);
  }, [isRunning, reload]);
  return (
    <View
      title="Broadcasts"
      words="A broadcast writes to everybody in a group of people, as far as Meta’s rules allow. Its text and its group are part of the bot."
    >
      {isForAll ? (
        <WhenLoaded loaded={broadcasts}>
          {(items) =>
            items.length === 0 ? (
              <p class="soft">The bot has no broadcast. The developer of the bot adds one with “broadcast”.</p>
            ) : (
              items.map((broadcast) => <BroadcastPanel key={broadcast.name} broadcast={broadcast} onChange={reload} />)
            )
          }
        </WhenLoaded>
      ) : (
        <p class="soft">A broadcast goes to people of all Pages, and you see only some. Ask an admin of all Pages.</p>
      )}
    </View>
  );
}
