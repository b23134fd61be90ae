/** Button flows: a tree of choices as data, whose taps say where they lead, so that they work for years. */

import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { msOf } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';
import { checkLook, checkScreen } from './checks.ts';
import { type Deed, type Path, type Screen, walk } from './choice.ts';
import { pathOf } from './payload.ts';
import { type Look, messagesOf, tapsOf, waysOut, withWaysOut } from './screens.ts';

export type { Choice, Deed, Submenu } from './choice.ts';
export { menuPayload } from './payload.ts';

export interface MenuOptions extends Screen {
  /** Its name in payloads, and the plugin's. Two menus in one bot need two names. Default: `menu`. */
  readonly name?: string;
  /** A message that fits shows the menu from its top. Left out: only taps do. */
  readonly on?: RegExp;
  /**
   * `quick-replies` (default): at most 13 with the ways out, gone after the next message. `buttons`: they stay, three to a
   * message, at most 12.
   */
  readonly show?: 'quick-replies' | 'buttons';
  /** Stands above the buttons that did not fit into the message before. Default: `More:`. */
  readonly more?: string;
  /** Leads one level up; `false` leaves it out. Default: `Back`. */
  readonly back?: string | false;
  /** Leads to the top; `false` leaves it out. Default: `Start again`. */
  readonly restart?: string | false;
  /** Said when somebody taps what is no longer there, before the nearest that is. */
  readonly gone?: Sayable;
}

interface MenuState {
  /** Where the person is, as ids, until the next message: who types a title means its tap. */
  at?: Path;
}

/** Shows choices, and does what was chosen: answers, emits a topic, starts a sequence, calls a person. */
export function menu(options: MenuOptions): Plugin<MenuState> {
  const { text, choices, on, name = 'menu', show = 'quick-replies', more = 'More:' } = options;
  const { back = 'Back', restart = 'Start again', gone = 'That is no longer here. This is what there is:' } = options;
  const look: Look = { name, show, more, back, restart };
  const top: Screen = { text, choices };
  const check = optionsOf('menu');
  if (on !== undefined) check.pattern('on', on);
  check.sayable('gone', gone);
  checkLook(check, look);
  checkScreen(check, look, top);

  async function go(ctx: PluginContext<MenuState>, wanted: Path): Promise<'handled'> {
    const { path, screen, deed } = walk(top, wanted);
    ctx.state.at = path;
    if (deed) await act(ctx, path, deed);
    else {
      if (path.length < wanted.length) await ctx.send(gone);
      for (const message of messagesOf(look, path, screen)) await ctx.send(message);
    }
    return 'handled';
  }

  async function act(ctx: PluginContext<MenuState>, path: Path, { answer, emits, starts, handsOver }: Deed) {
    const leadsOn = handsOver === undefined;
    if (answer !== undefined) await ctx.send(leadsOn ? withWaysOut(look, path, answer) : answer);
    if (emits !== undefined) ctx.emit(emits, { menu: name, node: path.join('/') });
    if (starts !== undefined) await ctx.startSequence(starts);
    if (leadsOn) return;
    const forMs = msOf(handsOver === true ? '24 hours' : handsOver);
    ctx.handOver({ reason: `asked for in the menu: ${path.join('/')}`, forMs });
  }

  return definePlugin<MenuState>({
    name,
    state: {},
    async onMessage(ctx, message) {
      const { at } = ctx.state;
      delete ctx.state.at;
      const { quickReply: payload, text: words } = message;
      const wanted = payload === undefined ? at && typedTap(look, top, at, words) : pathOf(name, payload);
      if (wanted) return go(ctx, wanted);
      return on && fits(on, words) ? go(ctx, []) : 'pass';
    },
    async onPostback(ctx, { payload }) {
      const wanted = pathOf(name, payload);
      return wanted ? go(ctx, wanted) : 'pass';
    },
  });
}

function typedTap(look: Look, top: Screen, at: Path, text: string | undefined): Path | undefined {
  const words = text?.trim().toLowerCase();
  const { path, screen, deed } = walk(top, at);
  const taps = deed ? waysOut(look, path) : tapsOf(look, path, screen);
  return taps.find(([title]) => title.toLowerCase() === words)?.[1];
}
