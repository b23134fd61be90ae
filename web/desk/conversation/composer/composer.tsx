import { useEffect, useRef, useState } from 'preact/hooks';
import { includesRole } from '../../../../src/domain/operator.ts';
import { useDesk, type Conversation } from '../../desk-context.ts';
import { Icon } from '../../parts/icon.tsx';
import { useNow } from '../../parts/now.ts';
import { readStored, writeStored } from '../../parts/stored.ts';
import { formatFull } from '../../parts/times.ts';
import { AttachButton } from './attach-button.tsx';
import { EmojiMenu } from './emoji-menu.tsx';
import { LaterDialog } from './later-dialog.tsx';
import type { MessageBody, Outgoing } from './outgoing.ts';
import { SavedReplies } from './saved-replies.tsx';
import { useTyping } from './use-typing.ts';
import { toVerdictWords } from './verdict-words.ts';

interface ComposerProps {
  readonly conversation: Conversation;
  readonly outgoing: Outgoing;
  /** Called with each key that the operator types. */
  readonly onTyping: () => void;
  readonly onChange: () => void;
}

/** Where the operator writes: what Meta's rules say, the text, and what else can be sent. */
export function Composer({ conversation, outgoing, onTyping, onChange }: ComposerProps) {
  const { session, api, attempt } = useDesk();
  const { id, heldBy } = conversation;
  const now = useNow();
  const draft = useDraft(`draft:${session.name}:${id}`);
  const [isChoosing, setIsChoosing] = useState(false);
  const [isLater, setIsLater] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useTyping(id);
  useHeight(field, draft.text);
  useFocusWhenTaken(field, heldBy === session.name);

  if (!includesRole(session.role, 'agent'))
    return <p class="composer soft">You may read. Answering needs the role agent.</p>;
  if (heldBy !== null && heldBy !== session.name)
    return <p class="composer soft">{heldBy} answers here. Take the conversation over to write.</p>;

  const verdict = toVerdictWords(conversation, now);
  const text = draft.text.trim();
  const isForbidden = verdict.kind === 'forbidden';

  function send(body: MessageBody): void {
    outgoing.send(body);
    typing.stop();
    field.current?.focus();
  }
  function sendText(): void {
    // Emptied at once, so that a second Enter finds nothing to send.
    const words = draft.take();
    if (words !== '' && !isForbidden) send({ text: words });
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!isForbidden) sendText();
    }
    if (event.key === '/' && draft.text === '') {
      event.preventDefault();
      setIsChoosing(true);
    }
  }
  function insert(words: string): void {
    const element = field.current;
    const [start, end] = [element?.selectionStart ?? draft.text.length, element?.selectionEnd ?? draft.text.length];
    draft.set(draft.text.slice(0, start) + words + draft.text.slice(end));
    element?.focus();
  }
  async function sendLater(at: string): Promise<void> {
    const body = { text, at };
    const isDone = await attempt(
      () => api.POST('/conversations/{id}/messages', { params: { path: { id } }, body }),
      `It goes out ${formatFull(at)}.`,
    );
    if (!isDone) return;
    draft.take();
    setIsLater(false);
    onChange();
  }

  return (
    <form
      class="composer"
      aria-label="Answer"
      onSubmit={(event) => {
        event.preventDefault();
        sendText();
      }}
    >
      <p class={`verdict ${verdict.kind}`} role="status" aria-label="What Meta's rules say">
        {verdict.words}
        {heldBy === null && !isForbidden && ' · sending takes the conversation over'}
      </p>
      {isChoosing && (
        <SavedReplies
          conversation={id}
          onChoose={(name) => {
            setIsChoosing(false);
            send({ savedReply: name });
          }}
          onEdit={(words) => {
            setIsChoosing(false);
            insert(words);
          }}
          onClose={() => {
            setIsChoosing(false);
            field.current?.focus();
          }}
        />
      )}
      <textarea
        ref={field}
        aria-label="Message"
        placeholder={isForbidden ? 'Nothing can be sent now' : 'Write an answer, or / for saved replies'}
        rows={1}
        maxLength={10_000}
        value={draft.text}
        onInput={({ currentTarget }) => {
          draft.set(currentTarget.value);
          typing.onInput();
          onTyping();
        }}
        onKeyDown={onKeyDown}
      />
      <div class="tools">
        <AttachButton conversation={id} isDisabled={isForbidden} onUploaded={(attachment) => send({ attachment })} />
        <EmojiMenu onChoose={insert} />
        <button
          type="button"
          class="quiet"
          aria-label="Saved replies"
          title="Saved replies (/)"
          aria-expanded={isChoosing}
          onClick={() => setIsChoosing(!isChoosing)}
        >
          <Icon name="slash" />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label="Send later"
          title="Send later"
          disabled={text === ''}
          onClick={() => setIsLater(true)}
        >
          <Icon name="clock" />
        </button>
        <button type="submit" class="primary" disabled={text === '' || isForbidden}>
          Send
        </button>
      </div>
      {isLater && <LaterDialog onClose={() => setIsLater(false)} onChoose={sendLater} />}
    </form>
  );
}

/** What the operator has written and not sent, kept in the browser. */
function useDraft(place: string) {
  const [text, setText] = useState(() => readStored<string>(place) ?? '');
  const latest = useRef(text);
  const set = (next: string) => {
    latest.current = next;
    writeStored(place, next);
    setText(next);
  };
  return {
    text,
    set,
    /** Empties it, and answers with what it was. */
    take(): string {
      const taken = latest.current.trim();
      set('');
      return taken;
    },
  };
}

/** The button that took the conversation over is gone: the operator goes on in the text. */
function useFocusWhenTaken(field: { readonly current: HTMLTextAreaElement | null }, isMine: boolean): void {
  const wasMine = useRef(isMine);
  useEffect(() => {
    if (isMine && !wasMine.current) field.current?.focus();
    wasMine.current = isMine;
  }, [field, isMine]);
}

/** As high as its text, up to a limit of the style sheet. */
function useHeight(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [field, text]);
}
