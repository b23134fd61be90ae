import type { ComponentChildren } from 'preact';
import { includesRole } from '../../../src/domain/operator.ts';
import { useDesk } from '../desk-context.ts';
import type { Waiting } from '../inbox/waiting.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { toAddress, type View } from '../route.ts';
import { AlertSwitch } from './alert-switch.tsx';

const ITEMS: readonly { readonly view: View; readonly name: string; readonly icon: IconName }[] = [
  { view: 'inbox', name: 'Inbox', icon: 'inbox' },
  { view: 'leads', name: 'Leads', icon: 'leads' },
  { view: 'numbers', name: 'Numbers', icon: 'numbers' },
  { view: 'broadcasts', name: 'Broadcasts', icon: 'broadcasts' },
  { view: 'health', name: 'Health', icon: 'health' },
  { view: 'admin', name: 'Admin', icon: 'admin' },
];

interface NavigationProps {
  readonly view: View;
  readonly waiting: Waiting;
}

/** The views, who is logged in, and the alert when somebody begins to wait. */
export function Navigation({ view, waiting }: NavigationProps) {
  const { session, logOut } = useDesk();
  const items = ITEMS.filter((item) => item.view !== 'admin' || includesRole(session.role, 'admin'));
  return (
    <header class="navigation">
      <nav aria-label="Views">
        {items.map((item) => (
          <a
            key={item.view}
            href={toAddress({ view: item.view })}
            aria-current={item.view === view ? 'page' : undefined}
          >
            <Icon name={item.icon} />
            <span class="name">{item.name}</span>
            {item.view === 'inbox' && waiting.count > 0 && <Count>{waiting.words}</Count>}
          </a>
        ))}
      </nav>
      <div class="who">
        <AlertSwitch />
        <span class="name" title={session.role}>
          {session.name}
        </span>
        <button type="button" class="quiet" aria-label="Log out" title="Log out" onClick={() => void logOut()}>
          <Icon name="leave" />
        </button>
      </div>
    </header>
  );
}

function Count({ children }: { readonly children: ComponentChildren }) {
  return (
    <span class="count" title="People who wait for an operator">
      {children}
      <span class="unseen"> waiting</span>
    </span>
  );
}
