/** Button flows: a tree of choices as data. The payload of a tap contains its path, so old buttons keep working. */

import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { findByTitle } from '../../messenger/text.ts';
import { msOf } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { fits, wordsThatFit } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import { checkStyle, checkScreen } from './checks.ts';
import { actionsOf, type MenuAction, type Path, type Screen, findNode } from './choice.ts';
import { pathOf } from './payload.ts';
import { type MenuStyle, screenMessages, tapsOf, navigationTaps, withNavigation } from './screens.ts';

export type { Choice, MenuAction, Submenu } from './choice.ts';
export { menuPayload } from './payload.ts';

/** The options of {@link menu}, beside the `text` and `choices` of its top. */
export interface MenuOptions extends Screen {
  /** The plugin's name and a part of the payloads, in kebab-case. Two menus in one bot need two names. Default: `menu`. */
  readonly name?: string;
  /** A message that matches shows the top of the menu. Default: only taps do. */
  readonly on?: RegExp;
  /**
   * `quick-replies` (default): at most 13 including the ways back, gone after the next message. `buttons`: they stay,
   * three to a message, at most 12.
   */
  readonly show?: 'quick-replies' | 'buttons';
  /** With `buttons`: text of the second and further messages of one screen, at most 640 characters. Default: `More:`. */
  readonly more?: string;
  /** Title of the button that leads one level up, 1 to 20 characters; `false`: no such button. Default: `Back`. */
  readonly back?: string | false;
  /** Title of the button that leads to the top, 1 to 20 characters; `false`: no such button. Default: `Start again`. */
  readonly restart?: string | false;
  /** Said after a tap on an entry that no longer exists, before its nearest parent is shown. Default: in English. */
  readonly gone?: Sayable;
}

const MENU_OPTIONS = {
  text: true,
  choices: true,
  name: true,
  on: true,
  show: true,
  more: true,
  back: true,
  restart: true,
  gone: true,
} satisfies Record<keyof MenuOptions, true>;

interface MenuState {
  /** Path of the last screen, until the next message: typing a title then counts as tapping it. The field name is persisted. */
  at?: Path;
}

/**
 * Shows choices and runs the chosen one: answers, emits a topic, starts a sequence or hands over to an operator.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function menu(options: MenuOptions): Plugin<MenuState> {
  const { text, choices, on, name = 'menu', show = 'quick-replies', more = 'More:' } = options;
  const { back = 'Back', restart = 'Start again', gone = 'That is no longer here. This is what there is:' } = options;
  const style: MenuStyle = { name, show, more, back, restart };
  const top: Screen = { text, choices };
  const check = optionsOf('menu');
  check.known(options, MENU_OPTIONS);
  if (on !== undefined) check.pattern('on', on);
  check.sayable('gone', gone);
  checkStyle(check, style);
  checkScreen(check, style, top);
  const actions = actionsOf(top);

  async function open(ctx: PluginContext<MenuState>, wanted: Path): Promise<'handled'> {
    const { path, screen, action } = findNode(top, wanted);
    ctx.state.at = path;
    if (action) await run(ctx, path, action);
    else {
      if (path.length < wanted.length) await ctx.send(gone);
      for (const message of screenMessages(style, path, screen)) await ctx.send(message);
    }
    return 'handled';
  }

  async function run(ctx: PluginContext<MenuState>, path: Path, { answer, emits, starts, handsOver }: MenuAction) {
    const staysInMenu = handsOver === undefined;
    if (answer !== undefined) await ctx.send(staysInMenu ? withNavigation(style, path, answer) : answer);
    if (emits !== undefined) ctx.emit(emits, { menu: name, node: path.join('/') });
    if (starts !== undefined) await ctx.startSequence(starts);
    if (staysInMenu) return;
    const forMs = msOf(handsOver === true ? '24 hours' : handsOver);
    ctx.handOver({ reason: `asked for in the menu: ${path.join('/')}`, forMs });
  }

  return definePlugin<MenuState>({
    name,
    state: {},
    emits: actions.flatMap(({ emits }) => emits ?? []),
    ...(on && { wordsToTry: wordsThatFit(on) }),
    starts: actions.flatMap(({ starts }) => starts ?? []),
    async onMessage(ctx, message) {
      const { at } = ctx.state;
      delete ctx.state.at;
      const { quickReply: payload, text: words } = message;
      const wanted = payload === undefined ? at && typedPath(style, top, at, words) : pathOf(name, payload);
      if (wanted) return open(ctx, wanted);
      return on && fits(on, words) ? open(ctx, []) : 'pass';
    },
    async onPostback(ctx, { payload }) {
      const wanted = pathOf(name, payload);
      return wanted ? open(ctx, wanted) : 'pass';
    },
  });
}

function typedPath(style: MenuStyle, top: Screen, at: Path, text: string | undefined): Path | undefined {
  const { path, screen, action } = findNode(top, at);
  const taps = action ? navigationTaps(style, path) : tapsOf(style, path, screen);
  return findByTitle(text, taps, ([title]) => title)?.[1];
}
