import { LIMITS } from '../../messenger/outbound/limits.ts';
import { countCodePoints } from '../../messenger/text.ts';
import type { OptionChecks } from '../options.ts';
import { idOf, type Path, type Screen, slug, type Choice } from './choice.ts';
import { type MenuStyle, navigationTaps } from './screens.ts';

/** More than four messages push the text out of sight. */
const MAX_BUTTONS = 4 * LIMITS.buttons;
/** With `MAX_ID_CHARS`, keeps every payload within Meta's limit. */
const MAX_MENU_LEVELS = 10;
const MAX_ID_CHARS = 40;

/** Throws `bot_invalid` for a name or title that could not be shown. */
export function checkStyle(check: OptionChecks, { name, show, more, back, restart }: MenuStyle): void {
  check.name('name', name);
  check.that(show === 'quick-replies' || show === 'buttons', 'show', "'quick-replies' or 'buttons'", show);
  checkText(check, 'more', more, LIMITS.buttonTextChars);
  if (back !== false) checkText(check, 'back', back, LIMITS.quickReplyTitleChars);
  if (restart !== false) checkText(check, 'restart', restart, LIMITS.quickReplyTitleChars);
}

/** Throws `bot_invalid` for a node that could not be shown, or has the same id as its neighbour. */
export function checkScreen(check: OptionChecks, style: MenuStyle, screen: Screen, path: Path = [], place = ''): void {
  const { text, choices } = screen;
  checkText(check, `${place}text`, text, style.show === 'buttons' ? LIMITS.buttonTextChars : LIMITS.textChars);
  check.that(Array.isArray(choices) && choices.length > 0, `${place}choices`, 'a list with a choice', choices);
  check.that(
    path.length < MAX_MENU_LEVELS,
    `${place}choices`,
    `at most ${MAX_MENU_LEVELS} levels deep`,
    path.length + 1,
  );
  const ids = new Set<string>();
  for (const [index, choice] of choices.entries()) {
    const at = `${place}choices.${index}`;
    checkChoice(check, choice, at);
    check.that(!ids.has(idOf(choice)), `${at}.id`, 'different from its neighbours', idOf(choice));
    ids.add(idOf(choice));
  }
  const room = style.show === 'buttons' ? MAX_BUTTONS : LIMITS.quickReplies - navigationTaps(style, path).length;
  const cure = style.show === 'buttons' ? 'group them' : "group them, or show 'buttons'";
  check.that(choices.length <= room, `${place}choices`, `at most ${room} choices (${cure})`, choices.length);
  for (const [index, choice] of choices.entries()) {
    if (choice.choices) checkScreen(check, style, choice, [...path, idOf(choice)], `${place}choices.${index}.`);
  }
}

const CHOICE_OPTIONS = {
  title: true,
  id: true,
  text: true,
  choices: true,
  answer: true,
  emits: true,
  starts: true,
  handsOver: true,
} satisfies Record<keyof Choice, true>;

function checkChoice(check: OptionChecks, choice: Choice, at: string): void {
  check.that(typeof choice === 'object' && choice !== null, at, 'a choice', choice);
  check.known(choice, CHOICE_OPTIONS, at);
  const { title, answer, emits, starts, handsOver, choices } = choice;
  // A quick reply's title and a button's have the same limit.
  checkText(check, `${at}.title`, title, LIMITS.quickReplyTitleChars);
  const name = idOf(choice);
  const isId = typeof name === 'string' && name !== '' && name.length <= MAX_ID_CHARS && slug(name) === name;
  check.that(isId, `${at}.id`, `a word in small letters of at most ${MAX_ID_CHARS} characters, such as 'prices'`, name);
  const effects = [answer, emits, starts, handsOver].filter((effect) => effect !== undefined).length;
  if (choices) check.that(effects === 0, at, 'choices or an answer, not both', title);
  else check.that(effects > 0, at, 'given choices, answer, emits, starts or handsOver', title);
  if (answer !== undefined) check.sayable(`${at}.answer`, answer);
  if (emits !== undefined) check.topics(`${at}.emits`, emits);
  if (starts !== undefined) check.name(`${at}.starts`, starts);
  if (handsOver !== undefined && handsOver !== true) check.duration(`${at}.handsOver`, handsOver);
}

function checkText(check: OptionChecks, option: string, text: unknown, maxChars: number): void {
  const isText = typeof text === 'string' && text.trim() !== '' && countCodePoints(text) <= maxChars;
  check.that(isText, option, `a text of 1 to ${maxChars} characters`, text);
}
