import type { Schemas } from '../../../src/client/index.ts';
import { useNow } from '../parts/now.ts';
import { formatFull, formatSpan } from '../parts/times.ts';
import { Panel } from '../parts/view.tsx';
import { State } from './state.tsx';

type PageHealth = Schemas['Health']['pages'][number];

/** Older events that still wait are a sign of trouble. */
const LATE_MS = 60_000;

/** How one Page is. */
export function PageHealthPanel({ page }: { readonly page: PageHealth }) {
  const { id, lastEventAt } = page;
  const now = useNow();
  return (
    <Panel title={`Page ${id}`}>
      <dl>
        <dt>Sending (circuit breaker)</dt>
        <dd>
          <Sending breaker={page.circuitBreaker} />
        </dd>
        <dt>Access token</dt>
        <dd>
          <Token token={page.token} />
        </dd>
        <dt>Subscription</dt>
        <dd>
          <Subscription subscription={page.subscription} />
        </dd>
        <dt>Last event</dt>
        <dd>
          {lastEventAt === null ? (
            'Not known: none lately'
          ) : (
            <time dateTime={lastEventAt}>
              {formatSpan(now - Date.parse(lastEventAt))} ago ({formatFull(lastEventAt)})
            </time>
          )}
        </dd>
        <dt>Waiting for the bot</dt>
        <dd>
          <Pending pending={page.pending} now={now} />
        </dd>
      </dl>
    </Panel>
  );
}

const WHY_OPEN = {
  token_invalid: 'Meta refuses the access token. Make a new one and give it to the administrator.',
  restricted: 'Meta restricts the Page. Look at Page Quality in Meta Business Suite.',
} as const;

function Sending({ breaker: { state, reason, code, since, probeAt } }: { breaker: PageHealth['circuitBreaker'] }) {
  if (state === 'closed') return <State is="good">Messages go out.</State>;
  const why = reason === null ? '' : WHY_OPEN[reason];
  return (
    <State is="bad">
      Nothing is sent since {since === null ? 'some time' : formatFull(since)}. {why}
      {code !== null && ` (Meta’s code: ${code})`}
      {state === 'half_open'
        ? ' The next message tries whether it works again.'
        : probeAt !== null && ` Tried again ${formatFull(probeAt)}.`}
    </State>
  );
}

function Token({ token: { status, checkedAt } }: Pick<PageHealth, 'token'>) {
  const when = checkedAt === null ? '' : ` (${formatFull(checkedAt)})`;
  if (status === 'accepted') return <State is="good">Meta took it when it was last used{when}.</State>;
  if (status === 'refused')
    return <State is="bad">Meta refused it{when}. Make a new one and give it to the administrator.</State>;
  return <State is="unknown">Not checked yet.</State>;
}

function Subscription({ subscription: { status, missing, checkedAt } }: Pick<PageHealth, 'subscription'>) {
  const when = checkedAt === null ? '' : ` (${formatFull(checkedAt)})`;
  switch (status) {
    case 'complete':
      return <State is="good">Meta sends everything that the bot needs{when}.</State>;
    case 'incomplete':
      return (
        <State is="warning">
          Meta does not send {missing.join(', ')}, which the bot needs. The administrator runs “everthread subscribe”.
        </State>
      );
    case 'removed':
      return <State is="bad">Meta sends nothing of this Page. The administrator runs “everthread subscribe”.</State>;
    case 'unknown':
      return <State is="unknown">Not checked yet.</State>;
  }
}

function Pending({ pending: { events, oldestAt }, now }: Pick<PageHealth, 'pending'> & { readonly now: number }) {
  if (events === 0 || oldestAt === null) return <State is="good">Nothing waits.</State>;
  const forMs = now - Date.parse(oldestAt);
  const words = `${events} ${events === 1 ? 'event waits' : 'events wait'}, the oldest for ${formatSpan(forMs)}.`;
  return <State is={forMs > LATE_MS ? 'warning' : 'good'}>{words}</State>;
}
