import { usePageActions } from '../page-actions.ts';
import type { ProfileView } from '../views.ts';

interface FirstVisitProps {
  readonly firstName: string;
  readonly profile: ProfileView;
  readonly pageName: string;
  /** What the bot answers, as its plugins say. */
  readonly wordsToTry: readonly string[];
}

/** What Messenger shows before anything is said: greeting, ice breakers or Get Started, and below what the bot understands. */
export function FirstVisit({ firstName, profile, pageName, wordsToTry }: FirstVisitProps) {
  const { tapGetStarted, chooseFromMenu, writeMessage } = usePageActions();
  const { greeting, iceBreakers, commands } = profile;
  return (
    <div class="start">
      <div class="page-face" aria-hidden="true">
        {pageName.slice(0, 1)}
      </div>
      <h3>{pageName}</h3>
      {greeting === undefined ? <p>{firstName} opens the chat for the first time.</p> : <p>{greeting}</p>}
      {iceBreakers.length === 0 && (
        <button type="button" class="primary" onClick={tapGetStarted}>
          Get Started
        </button>
      )}
      {iceBreakers.length > 0 && (
        <div class="tries" role="group" aria-label="Ice breakers">
          {iceBreakers.map(({ title }) => (
            <button key={title} type="button" onClick={() => chooseFromMenu(title)}>
              {title}
            </button>
          ))}
        </div>
      )}
      {commands.length > 0 && (
        <div class="tries" role="group" aria-label="Commands to try">
          {commands.map(({ name, description }) => (
            <button key={name} type="button" title={description} onClick={() => writeMessage(`/${name}`)}>
              /{name}
            </button>
          ))}
        </div>
      )}
      {wordsToTry.length > 0 && (
        <div class="tries" role="group" aria-label="Words to try">
          <p>The bot understands, among others</p>
          {wordsToTry.map((words) => (
            <button key={words} type="button" onClick={() => writeMessage(words)}>
              “{words}”
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
