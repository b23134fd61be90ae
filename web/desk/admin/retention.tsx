import type { Schemas } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';

type Settings = Schemas['Settings'];

const KINDS: Readonly<Record<keyof Settings['retentionDays'], string>> = {
  transcript: 'Messages, and how their sending went',
  leads: 'Leads',
  notes: 'Notes of operators',
  states: 'What the bot knows of a conversation that has ended',
  numbers: 'Funnels, and waits for operators',
  events: 'Events of Meta that were handled',
  rawBodies: 'Events exactly as Meta sent them',
  operatorLog: 'Operator log',
};

/** For how long data are kept; the settings are changed where the server is set up. */
export function Retention() {
  const { api } = useDesk();
  const settings = useLoaded((signal) => api.GET('/settings', { signal }), []);
  return (
    <WhenLoaded loaded={settings}>
      {(data) => (
        <>
          <Panel
            title="How long data are kept"
            words="After this time the server deletes them by itself. The administrator changes it there, with the settings RETENTION_…_DAYS."
          >
            <dl>
              {(Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) => [
                <dt key={kind}>{KINDS[kind]}</dt>,
                <dd key={`${kind}-days`}>{daysWords(data.retentionDays[kind])}</dd>,
              ])}
            </dl>
          </Panel>
          <Panel title="Other settings">
            <dl>
              <dt>Encryption</dt>
              <dd>{data.isEncrypted ? 'What people and operators write is encrypted.' : 'Off'}</dd>
              <dt>The bot is silent after an operator’s message</dt>
              <dd>{minutesWords(data.silentAfterHumanMinutes)}</dd>
              <dt>A wait counts as unanswered after</dt>
              <dd>{minutesWords(data.unansweredAfterMinutes)}</dd>
              <dt>Version</dt>
              <dd>{data.version}</dd>
            </dl>
          </Panel>
        </>
      )}
    </WhenLoaded>
  );
}

function daysWords(days: number | null): string {
  if (days === null) return 'For ever';
  return days === 1 ? '1 day' : `${days} days`;
}

function minutesWords(minutes: number | null): string {
  if (minutes === null) return 'Not known';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
