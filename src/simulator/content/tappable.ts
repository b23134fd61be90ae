import { hasText, textAtPath, valuesAtPath } from '../json.ts';
import type { ThreadMessage } from '../state/messages.ts';
import type { Person } from '../state/people.ts';
import { buttonsOf } from './cards.ts';
import { tileTitle } from './renderers.ts';

/** A quick reply or button in a thread that sends a message when tapped. */
export interface Tappable {
  readonly kind: 'quick_reply' | 'button';
  /** The message that it belongs to. */
  readonly mid: string;
  readonly title: string;
  readonly payload: string;
}

/** Everything a person can tap, newest first: the quick replies of the last message, and all buttons, however old. */
export function listTappable(thread: readonly ThreadMessage[], person: Person): Tappable[] {
  const ofPage = thread.filter((message) => message.author !== 'person').toReversed();
  return [...listQuickReplies(thread, person), ...ofPage.flatMap((message) => postbackButtons(message))];
}

/** The quick replies of the last message; they vanish as soon as another message follows. */
export function listQuickReplies(thread: readonly ThreadMessage[], person: Person): Tappable[] {
  const last = thread.at(-1);
  if (!last || last.author === 'person') return [];
  return valuesAtPath(last.content, 'quick_replies.[]').map(({ value }) => {
    const { content_type: type, title, payload } = value as Readonly<Record<string, string>>;
    const own = type === 'user_email' ? person.email : type === 'user_phone_number' ? person.phone : undefined;
    return { kind: 'quick_reply', mid: last.mid, title: own ?? title ?? '', payload: own ?? payload ?? '' };
  });
}

function postbackButtons({ mid, content }: ThreadMessage): Tappable[] {
  const buttons = buttonsOf(content).flatMap<Tappable>(({ type, title, payload }) =>
    type === 'postback' && hasText(title) ? [{ kind: 'button', mid, title, payload: payload ?? '' }] : [],
  );
  const tiles = valuesAtPath(content, 'attachment.payload.elements.[].images.[]').flatMap<Tappable>(
    ({ value }, index) => {
      const payload = textAtPath(value, 'action.payload');
      return payload === undefined ? [] : [{ kind: 'button', mid, title: tileTitle(index), payload }];
    },
  );
  return [...buttons, ...tiles];
}
