import { useDesk } from '../../desk-context.ts';
import { formatFull } from '../../parts/times.ts';
import type { SectionProps } from './section-props.ts';

/** Messages that go out later. */
export function Scheduled({ conversation: { id, scheduled }, mayChange, onChange }: SectionProps) {
  const { api, attempt } = useDesk();
  if (scheduled === null || scheduled.length === 0) return null;
  async function cancel(message: string): Promise<void> {
    const params = { path: { id, message } };
    await attempt(() => api.DELETE('/conversations/{id}/scheduled/{message}', { params }), 'It is cancelled.');
    onChange();
  }
  return (
    <section aria-label="Sent later">
      <h2>Sent later</h2>
      <ul>
        {scheduled.map((message) => (
          <li key={message.id}>
            <p class="text">{message.text}</p>
            <p class="soft">
              {message.operator} · {formatFull(message.at)}
              {mayChange && (
                <button type="button" class="link" onClick={() => void cancel(message.id)}>
                  Cancel
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
