import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk, type Session } from '../desk-context.ts';
import { View } from '../parts/view.tsx';
import { toAddress, type Route } from '../route.ts';
import { OperatorLog } from './operator-log.tsx';
import { Operators } from './operators.tsx';
import { Retention } from './retention.tsx';
import { SavedReplies } from './saved-replies.tsx';
import { Webhooks } from './webhooks.tsx';

const PARTS = [
  { part: 'replies', name: 'Saved replies', Content: SavedReplies, isOfAllPages: false },
  { part: 'operators', name: 'Operators', Content: Operators, isOfAllPages: true },
  { part: 'webhooks', name: 'Webhooks', Content: Webhooks, isOfAllPages: false },
  { part: 'retention', name: 'Retention', Content: Retention, isOfAllPages: false },
  { part: 'log', name: 'Operator log', Content: OperatorLog, isOfAllPages: true },
] as const;

/** What admins set up and look up. */
export function Admin({ route: { parts } }: { readonly route: Route }) {
  const { session } = useDesk();
  if (!includesRole(session.role, 'admin'))
    return (
      <View title="Admin">
        <p>Only admins see this. Ask one of them to change your role.</p>
      </View>
    );
  const mine = PARTS.filter(({ isOfAllPages }) => !isOfAllPages || seesAllPages(session));
  const open = mine.find(({ part }) => part === parts[0]) ?? mine[0];
  return (
    <View title="Admin">
      <nav class="tabs" aria-label="Parts of Admin">
        {mine.map(({ part, name }) => (
          <a
            key={part}
            href={toAddress({ view: 'admin', parts: [part] })}
            aria-current={part === open?.part ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {open && <open.Content />}
    </View>
  );
}

function seesAllPages({ pages }: Session): boolean {
  return pages === null;
}
