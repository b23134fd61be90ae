import { includesRole } from '../../../../src/domain/operator.ts';
import { useDesk, type Conversation } from '../../desk-context.ts';
import { nameOf } from '../../inbox/names.ts';
import { useNow } from '../../parts/now.ts';
import { formatFull, formatShort, formatTime } from '../../parts/times.ts';
import { Notes } from './notes.tsx';
import { Scheduled } from './scheduled.tsx';
import { Sequences } from './sequences.tsx';
import { Tags } from './tags.tsx';

interface CardProps {
  readonly conversation: Conversation;
  readonly onChange: () => void;
  readonly onClose: () => void;
}

/** What is known of the person, and what runs for them. */
export function Card({ conversation, onChange, onClose }: CardProps) {
  const { session } = useDesk();
  const mayChange = includesRole(session.role, 'agent');
  const { progress, missing } = conversation;
  return (
    <aside class="card" aria-label={`About ${nameOf(conversation)}`}>
      <button type="button" class="quiet close" aria-label="Close" onClick={onClose}>
        ✕
      </button>
      <Facts conversation={conversation} />
      <ExternalIds conversation={conversation} />
      <Tags conversation={conversation} mayChange={mayChange} onChange={onChange} />
      <Sequences conversation={conversation} mayChange={mayChange} onChange={onChange} />
      <Scheduled conversation={conversation} mayChange={mayChange} onChange={onChange} />
      {progress !== null && progress.length > 0 && (
        <section aria-label="Progress">
          <h2>Progress</h2>
          <ul>
            {progress.map((item) => (
              <li key={item.plugin}>
                <strong>{item.plugin}</strong> {item.progress}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Leads conversation={conversation} />
      {missing !== null && <p class="soft">{missing}</p>}
      <Notes conversation={conversation} mayChange={mayChange} onChange={onChange} />
    </aside>
  );
}

function Facts({ conversation }: Pick<CardProps, 'conversation'>) {
  const now = useNow();
  const { contact, page, channel, windowClosesAt } = conversation;
  const { locale, timeZone, lastActionAt, optedOutAt, unavailableSince } = contact;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Channel', channel === 'instagram' ? 'Instagram' : 'Messenger'],
    ['Page', page],
    ['Language', locale],
    ['Their time', timeZone === null ? null : localTime(now, timeZone)],
    ['Last active', lastActionAt === null ? null : formatFull(lastActionAt)],
    ['Window for the bot', windowClosesAt === null ? null : windowWords(windowClosesAt, now)],
    ['Opted out', optedOutAt === null ? null : formatFull(optedOutAt)],
    ['Cannot be reached since', unavailableSince === null ? null : formatFull(unavailableSince)],
  ];
  return (
    <section aria-label="Person">
      <h2>About</h2>
      <dl>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

function ExternalIds({ conversation: { externalIds } }: Pick<CardProps, 'conversation'>) {
  if (externalIds.length === 0) return null;
  return (
    <section aria-label="Ids in other systems">
      <h2>Ids in other systems</h2>
      <dl>
        {externalIds.map(({ system, id }) => (
          <div key={`${system}:${id}`}>
            <dt>{system}</dt>
            <dd>{id}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Leads({ conversation: { leads } }: Pick<CardProps, 'conversation'>) {
  if (leads.length === 0) return null;
  return (
    <section aria-label="Leads">
      <h2>Leads</h2>
      {leads.map(({ id, form, fields, at }) => (
        <div key={id}>
          <p class="soft">
            {form} · {formatFull(at)}
          </p>
          <dl>
            {Object.entries(fields).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </section>
  );
}

function windowWords(closesAt: string, now: number): string {
  return Date.parse(closesAt) > now ? `until ${formatShort(closesAt, now)}` : `closed ${formatShort(closesAt, now)}`;
}

/** The time of the person; the zone alone where this browser does not know it. */
function localTime(now: number, timeZone: string): string {
  try {
    return `${formatTime(now, timeZone)} (${timeZone})`;
  } catch {
    return timeZone;
  }
}
