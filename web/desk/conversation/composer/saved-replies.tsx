import { useMemo, useState } from 'preact/hooks';
import { useDesk, type Conversation } from '../../desk-context.ts';
import { useLoaded } from '../../load.ts';
import { useCloseOnOutside } from '../../parts/use-close-on-outside.ts';

interface SavedRepliesProps {
  readonly conversation: Conversation['id'];
  /** Sends the reply of that name. */
  readonly onChoose: (name: string) => void;
  /** Puts its text into the message, to be changed. */
  readonly onEdit: (text: string) => void;
  readonly onClose: () => void;
}

const MAX_SHOWN = 8;

/** The search is where the operator types next. */
const focusOnce = (element: HTMLInputElement | null) => element?.focus();

/** Saved replies as this person would get them, found by name or text. */
export function SavedReplies({ conversation, onChoose, onEdit, onClose }: SavedRepliesProps) {
  const { api } = useDesk();
  const around = useCloseOnOutside(true, onClose);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const { data, error } = useLoaded(async () => {
    const items = [];
    const params = { path: { id: conversation } };
    for await (const item of api.list('/conversations/{id}/saved-replies', { params })) items.push(item);
    return items;
  }, [conversation]);
  const found = useMemo(() => {
    const word = typed.trim().toLowerCase();
    return (data ?? [])
      .filter(({ name, text }) => `${name}\n${text ?? ''}`.toLowerCase().includes(word))
      .slice(0, MAX_SHOWN);
  }, [data, typed]);
  const chosen = found[Math.min(at, found.length - 1)];

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter') {
      if (chosen && chosen.text !== null) onEdit(chosen.text);
    } else return;
    event.preventDefault();
  }

  return (
    <span class="popup saved-replies" ref={around}>
      <input
        type="search"
        role="combobox"
        aria-label="Search saved replies"
        aria-expanded="true"
        aria-controls="saved-replies"
        aria-activedescendant={chosen && `saved-reply-${found.indexOf(chosen)}`}
        placeholder="Search saved replies"
        ref={focusOnce}
        value={typed}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {error && <p role="alert">{error.message}</p>}
      {data && found.length === 0 && (
        <p class="soft">
          {data.length === 0 ? 'No reply is saved yet. Admins save them under Admin.' : 'None has this word.'}
        </p>
      )}
      <div role="listbox" id="saved-replies" aria-label="Saved replies">
        {found.map(({ name, text, missing }, index) => (
          <button
            key={name}
            type="button"
            tabIndex={-1}
            id={`saved-reply-${index}`}
            role="option"
            aria-selected={name === chosen?.name}
            aria-disabled={text === null}
            onMouseMove={() => setAt(index)}
            onClick={() => text !== null && onEdit(text)}
          >
            <strong>{name}</strong>
            <span class="line">{text ?? `Cannot be sent: ${missing.join(', ')} is not known.`}</span>
          </button>
        ))}
      </div>
      {chosen && chosen.text !== null && (
        <p class="actions">
          <span class="soft">Enter puts it into the message</span>
          <button type="button" class="link" onClick={() => onChoose(chosen.name)}>
            Send “{chosen.name}” now
          </button>
        </p>
      )}
    </span>
  );
}
