import type { Schemas } from '../../../src/client/index.ts';
import { Panel } from '../parts/view.tsx';
import { State } from './state.tsx';

type Health = Schemas['Health'];

const STORE: Readonly<Record<Health['store'], string>> = {
  ok: 'Messages are stored.',
  cannot_write:
    'Nothing can be stored: the disk is full, or the database refuses. Nothing is lost, because Meta sends again.',
  damaged: 'The database is damaged. The administrator restores the latest backup.',
  replaced: 'The database was replaced while the server ran. The administrator starts it again.',
};
const TEMPORAL: Readonly<Record<Health['temporal'], string>> = {
  ok: 'It answers.',
  away: 'It does not answer. Messages of people are stored, and the bot answers them when it is back.',
};
const WORKER: Readonly<Record<Health['worker'], string>> = {
  ok: 'It is running.',
  away: 'It is not running, so that nobody gets an answer. The administrator starts a worker.',
  unknown: 'Nobody can tell as long as Temporal does not answer.',
};

/** The parts without which nothing works. */
export function Servers({ health: { store, temporal, worker } }: { readonly health: Health }) {
  return (
    <Panel title="Servers">
      <dl>
        <dt>Database</dt>
        <dd>
          <State is={store === 'ok' ? 'good' : 'bad'}>{STORE[store]}</State>
        </dd>
        <dt>Bot (worker)</dt>
        <dd>
          <State is={worker === 'ok' ? 'good' : worker === 'away' ? 'bad' : 'unknown'}>{WORKER[worker]}</State>
        </dd>
        <dt>Temporal, which runs the bot</dt>
        <dd>
          <State is={temporal === 'ok' ? 'good' : 'bad'}>{TEMPORAL[temporal]}</State>
        </dd>
      </dl>
    </Panel>
  );
}
