import { textOf } from '../../../shared/forms.ts';
import { useDesk } from '../../desk-context.ts';
import { useLoaded } from '../../load.ts';
import { useNow } from '../../parts/now.ts';
import { formatShort } from '../../parts/times.ts';
import type { SectionProps } from './section-props.ts';

/** The sequences of the person: what they wait for, start and stop. */
export function Sequences({ conversation: { id, sequences }, mayChange, onChange }: SectionProps) {
  const { api, attempt } = useDesk();
  const now = useNow();
  const { data: known } = useLoaded(() => api.GET('/sequences'), []);
  const running = new Set(sequences?.map(({ name }) => name));
  const startable = (known?.items ?? []).filter(({ name }) => !running.has(name));

  async function start(name: string): Promise<void> {
    await attempt(async () => {
      const { status } = await api.POST('/conversations/{id}/sequences/{name}/start', {
        params: { path: { id, name } },
      });
      if (status === 'already_ran') throw new Error(`${name} runs once per person, and has run.`);
      if (status === 'already_running') throw new Error(`${name} is running already.`);
    }, `${name} starts.`);
    onChange();
  }
  async function stop(name: string): Promise<void> {
    const params = { path: { id, name } };
    await attempt(() => api.POST('/conversations/{id}/sequences/{name}/stop', { params }), `${name} stops.`);
    onChange();
  }

  return (
    <section aria-label="Sequences">
      <h2>Sequences</h2>
      {sequences?.length === 0 && <p class="soft">None is running.</p>}
      <ul>
        {sequences?.map(({ name, waitsFor, until }) => (
          <li key={name}>
            <strong>{name}</strong> {waitsFor ?? 'works'}
            {until !== null && ` until ${formatShort(until, now)}`}
            {mayChange && (
              <button type="button" class="link" aria-label={`Stop ${name}`} onClick={() => void stop(name)}>
                Stop
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayChange && startable.length > 0 && (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            void start(textOf(new FormData(event.currentTarget), 'name'));
          }}
        >
          <select name="name" aria-label="Sequence to start">
            {startable.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <button type="submit">Start</button>
        </form>
      )}
    </section>
  );
}
