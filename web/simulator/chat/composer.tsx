import { takeInput } from '../../shared/forms.ts';
import { usePageActions } from '../page-actions.ts';
import type { PersonView } from '../views.ts';

/** Meta's limit of a text, in characters. */
export const MAX_TEXT_CHARS = 2000;

/** Where the person writes, once the page is `ready`: it knows who is there. */
export function Composer({ person, ready }: { readonly person: PersonView | undefined; readonly ready: boolean }) {
  const { writeMessage } = usePageActions();
  const isBlocking = person?.isBlocking ?? false;
  return (
    <form
      class="composer"
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
        disabled={isBlocking || !ready}
      />
      <button type="submit" aria-label="Send">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 20.5 21.5 12 3 3.5l.01 6.6L16 12 3.01 13.9z" />
        </svg>
      </button>
    </form>
  );
}
