import { useState } from 'preact/hooks';
import { useDesk } from '../../desk-context.ts';
import { formatFull } from '../../parts/times.ts';
import type { SectionProps } from './section-props.ts';

/** What operators wrote down; never sent. */
export function Notes({ conversation: { id, notes }, mayChange, onChange }: SectionProps) {
  const { api, attempt } = useDesk();
  const [text, setText] = useState('');
  async function add(): Promise<void> {
    const body = { text: text.trim() };
    if (body.text === '') return;
    if (await attempt(() => api.POST('/conversations/{id}/notes', { params: { path: { id } }, body }))) setText('');
    onChange();
  }
  async function remove(noteId: string): Promise<void> {
    const params = { path: { id, noteId } };
    await attempt(() => api.DELETE('/conversations/{id}/notes/{noteId}', { params }));
    onChange();
  }
  return (
    <section aria-label="Notes">
      <h2>Notes</h2>
      <ul class="notes">
        {notes.map((note) => (
          <li key={note.id}>
            <p class="text">{note.text}</p>
            <p class="soft">
              {note.operator} · {formatFull(note.at)}
              {mayChange && (
                <button type="button" class="link" onClick={() => void remove(note.id)}>
                  Delete
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
      {mayChange && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <textarea
            aria-label="New note"
            placeholder="A note for colleagues"
            rows={2}
            maxLength={4000}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <button type="submit" disabled={text.trim() === ''}>
            Add note
          </button>
        </form>
      )}
    </section>
  );
}
