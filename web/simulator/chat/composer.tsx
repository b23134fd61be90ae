import { useState } from 'preact/hooks';
import { takeInput } from '../../shared/forms.ts';
import { NEW_TAB, safeUrl } from '../../shared/links.ts';
import { usePageActions } from '../page-actions.ts';
import type { Composing } from '../page-store.ts';
import type { PersonView, ProfileView } from '../views.ts';

/** Meta's limit of a text, in characters. */
export const MAX_TEXT_CHARS = 2000;

/** Files that a person sends, and what the browser offers for them. */
const FILES = [
  { type: 'image', name: 'Photo', accept: 'image/*' },
  { type: 'video', name: 'Video', accept: 'video/*' },
  { type: 'audio', name: 'Voice message', accept: 'audio/*' },
  { type: 'file', name: 'File', accept: '' },
];
/** A sticker of Meta's free packs. */
const STICKER_ID = '144885262352407';
const PORTO = { lat: 41.1496, long: -8.611 };

interface ComposerProps {
  readonly person: PersonView | undefined;
  readonly profile: ProfileView | undefined;
  readonly composing: Composing | undefined;
  /** The page knows who is there. */
  readonly ready: boolean;
}

/** Where the person writes, and everything else that a phone can send. */
export function Composer({ person, profile, composing, ready }: ComposerProps) {
  const { writeMessage, compose } = usePageActions();
  const isBlocking = person?.isBlocking ?? false;
  return (
    <div class="composer">
      {composing && (
        <p class="about-message">
          <span>
            {composing.kind === 'edit' ? 'Edits' : 'Replies to'} <q>{composing.words}</q>
          </span>
          <button type="button" aria-label="Write a new message instead" onClick={() => compose(undefined)}>
            ×
          </button>
        </p>
      )}
      <div class="row-of-tools">
        {person && !isBlocking && <Attach profile={profile} />}
        <form
          key={composing?.mid}
          autocomplete="off"
          onSubmit={(event) => {
            const text = takeInput(event);
            if (text !== '') writeMessage(text);
          }}
        >
          <input
            aria-label="Message"
            placeholder={isBlocking ? `${person?.firstName} has blocked the Page` : 'Aa'}
            maxLength={MAX_TEXT_CHARS}
            enterkeyhint="send"
            defaultValue={composing?.kind === 'edit' ? composing.words : ''}
            disabled={isBlocking || !ready}
          />
          <button type="submit" aria-label="Send">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M3 20.5 21.5 12 3 3.5l.01 6.6L16 12 3.01 13.9z" />
            </svg>
          </button>
        </form>
      </div>
    </div>
  );
}

/** Photos, files, stickers, a place, the Page's menu and commands. */
function Attach({ profile }: { readonly profile: ProfileView | undefined }) {
  const { act, sendFile, chooseFromMenu, writeMessage } = usePageActions();
  const [isOpen, setIsOpen] = useState(false);
  const { menu = [], commands = [] } = profile ?? {};
  const close = (work: () => void) => () => {
    setIsOpen(false);
    work();
  };
  return (
    <details class="attach" open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary aria-label="More to send">+</summary>
      <div class="attach-menu" role="group" aria-label="What to send">
        {FILES.map(({ type, name, accept }) => (
          <label key={type}>
            {name}
            <input
              class="unseen"
              type="file"
              accept={accept}
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? [];
                if (file) close(() => sendFile(type, file))();
              }}
            />
          </label>
        ))}
        <button type="button" onClick={close(() => act('stickers', {}, 'Sent a like.'))}>
          Like
        </button>
        <button type="button" onClick={close(() => act('stickers', { stickerId: STICKER_ID }, 'Sent a sticker.'))}>
          Sticker
        </button>
        <button type="button" onClick={close(() => act('locations', PORTO, 'Sent a place: the centre of Porto.'))}>
          Location
        </button>
        {menu.length > 0 && <h3>Menu</h3>}
        {menu.map(({ title, url }) =>
          url === undefined ? (
            <button key={title} type="button" onClick={close(() => chooseFromMenu(title))}>
              {title}
            </button>
          ) : (
            <a key={title} href={safeUrl(url)} {...NEW_TAB}>
              {title}
            </a>
          ),
        )}
        {commands.length > 0 && <h3>Commands</h3>}
        {commands.map(({ name, description }) => (
          <button key={name} type="button" onClick={close(() => writeMessage(`/${name}`))}>
            /{name} <small>{description}</small>
          </button>
        ))}
      </div>
    </details>
  );
}
