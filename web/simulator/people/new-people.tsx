import { textOf } from '../../shared/forms.ts';
import { usePageActions } from '../page-actions.ts';

const ARRIVALS = [
  { action: 'none', name: 'opens the chat' },
  { action: 'starts', name: 'taps Get Started' },
  { action: 'links', name: 'opens an m.me link' },
  { action: 'ads', name: 'clicks an ad' },
  { action: 'optins', name: 'taps Send to Messenger' },
  { action: 'comments', name: 'comments on a post' },
];

/** Adds people with a profile of their own, several at once, and says how they come to the Page. */
export function NewPeople() {
  const { addPeople } = usePageActions();
  return (
    <details class="new-people">
      <summary>With a profile, or several</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const text = (name: string) => textOf(data, name);
          const [firstName = '', ...others] = text('name').split(/\s+/);
          const arrival = text('arrival');
          addPeople({
            profile: {
              ...(firstName && { firstName }),
              ...(others.length > 0 && { lastName: others.join(' ') }),
              ...(text('locale') && { locale: text('locale') }),
              ...(text('timezone') && { timezone: Number(text('timezone')) }),
            },
            count: Number(text('count')),
            arrival,
            word: arrival === 'optins' ? text('word') || 'signup_page' : text('word'),
          });
        }}
      >
        <label>
          Name <input name="name" maxLength={50} />
        </label>
        <label>
          Language <input name="locale" placeholder="pt_PT" pattern="[a-z]{2}_[A-Z]{2}" />
        </label>
        <label>
          Hours from UTC <input name="timezone" type="number" min="-12" max="14" step="0.25" />
        </label>
        <label>
          Who{' '}
          <select name="arrival">
            {ARRIVALS.map(({ action, name }) => (
              <option key={action} value={action}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Ref, or words <input name="word" maxLength={200} />
        </label>
        <label>
          How many <input name="count" type="number" min="1" max="50" defaultValue="1" />
        </label>
        <button type="submit">Add</button>
      </form>
    </details>
  );
}
