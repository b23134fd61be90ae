import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { normalizeWords } from '../../messenger/text.ts';
import type { Duration } from '../duration.ts';

interface Named {
  /** What is written on it, 1 to 20 characters. */
  readonly title: string;
  /**
   * Its name among its neighbours, which taps carry. Default: the title as `opening-hours`. Give it one if the title may
   * change: buttons that people have keep working while the ids stay.
   */
  readonly id?: string;
}

interface Deeds {
  readonly answer: Sayable;
  /** A topic for plugins and sequences; its data is `{ menu, node }`. */
  readonly emits: string;
  /** A sequence of this bot. */
  readonly starts: string;
  /** A person takes over, for 24 hours or so long. */
  readonly handsOver: true | Duration;
}

/** Leads to more choices. */
export interface Submenu extends Named {
  readonly text: string;
  readonly choices: readonly Choice[];
  readonly answer?: never;
  readonly emits?: never;
  readonly starts?: never;
  readonly handsOver?: never;
}

/** Does something: one thing at least. */
export type Deed = Named &
  Partial<Deeds> &
  { [Key in keyof Deeds]: Pick<Deeds, Key> }[keyof Deeds] & { readonly text?: never; readonly choices?: never };

export type Choice = Submenu | Deed;

/** The menu itself is one that has no title. */
export type Screen = Pick<Submenu, 'text' | 'choices'>;

/** `Opening hours` → `opening-hours`, in any script. */
export function slug(title: string): string {
  return normalizeWords(title).replaceAll(' ', '-');
}

export function idOf({ id, title }: Choice): string {
  return id ?? slug(title);
}

/** Ids from the menu's top down. */
export type Path = readonly string[];

/** The way to the node, or to the last of its parents that there is; with what is found there. */
export function walk(top: Screen, path: Path): { readonly path: Path; readonly screen: Screen; readonly deed?: Deed } {
  let screen = top;
  for (const [depth, id] of path.entries()) {
    const next = screen.choices.find((choice) => idOf(choice) === id);
    if (next && !next.choices && depth === path.length - 1) return { path, screen, deed: next };
    if (!next?.choices) return { path: path.slice(0, depth), screen };
    screen = next;
  }
  return { path, screen };
}
