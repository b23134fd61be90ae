import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { Duration } from '../duration.ts';

interface MenuEntry {
  /** The title of its button, 1 to 20 characters. */
  readonly title: string;
  /**
   * Part of its payload, different from its neighbours': a word in small letters of at most 40 characters. Default: the
   * title as `opening-hours`. Set it if the title may change: buttons that people still see work as long as the id stays.
   */
  readonly id?: string;
}

interface MenuEffects {
  /** A message to send. */
  readonly answer: Sayable;
  /** A topic to emit for plugins and sequences; its data is `{ menu, node }`. */
  readonly emits: string;
  /** The name of a sequence of this bot to start. */
  readonly starts: string;
  /** Hands the conversation to an operator: for 24 hours (`true`), or for this long, at most a year. */
  readonly handsOver: true | Duration;
}

/** A menu entry that leads to more choices, at most ten levels deep. */
export interface Submenu extends MenuEntry {
  /** Stands above the choices: at most 640 characters with `show: 'buttons'`, else 1,999. */
  readonly text: string;
  /** At least one; at most 13 with the ways back, or 12 with `show: 'buttons'`. */
  readonly choices: readonly Choice[];
  readonly answer?: never;
  readonly emits?: never;
  readonly starts?: never;
  readonly handsOver?: never;
}

/** A menu entry that does something: at least one of `answer`, `emits`, `starts` and `handsOver`. */
export type MenuAction = MenuEntry &
  Partial<MenuEffects> &
  { [Key in keyof MenuEffects]: Pick<MenuEffects, Key> }[keyof MenuEffects] & {
    readonly text?: never;
    readonly choices?: never;
  };

/** An entry of a menu. */
export type Choice = Submenu | MenuAction;

/** A text with its choices: a submenu, or the top of the menu, which has no title. */
export type Screen = Pick<Submenu, 'text' | 'choices'>;

/**
 * `Opening hours` → `opening-hours`, in any script. Part of payloads, which people tap for as long as the button is there:
 * never change it. How typed words are compared may change, so this is a rule of its own.
 */
export function slug(title: string): string {
  const letters = title
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase();
  return letters
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .replaceAll(' ', '-');
}

/** The id of a choice among its neighbours: given, or derived from its title. */
export function idOf({ id, title }: Choice): string {
  return id ?? slug(title);
}

/** Every entry below a screen that does something. */
export function actionsOf({ choices }: Screen): readonly MenuAction[] {
  return choices.flatMap((choice) => (choice.choices ? actionsOf(choice) : [choice]));
}

/** The way to a node: ids from the menu's top down. */
export type Path = readonly string[];

/** What a path leads to. */
export interface MenuNode {
  readonly path: Path;
  /** The screen at `path`, or the one that holds `action`. */
  readonly screen: Screen;
  readonly action?: MenuAction;
}

/** The node at a path; if it no longer exists, the nearest of its parents that does. */
export function findNode(top: Screen, path: Path): MenuNode {
  let screen = top;
  for (const [depth, id] of path.entries()) {
    const next = screen.choices.find((choice) => idOf(choice) === id);
    if (next && !next.choices && depth === path.length - 1) return { path, screen, action: next };
    if (!next?.choices) return { path: path.slice(0, depth), screen };
    screen = next;
  }
  return { path, screen };
}
