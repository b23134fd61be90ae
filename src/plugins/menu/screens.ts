import { postbackButton } from '../../messenger/outbound/button.ts';
import { LIMITS } from '../../messenger/outbound/limits.ts';
import { buttonMessage, textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { outboundMessage, withQuickReplies } from '../../messenger/outbound/sayable.ts';
import { idOf, type Path, type Screen } from './choice.ts';
import { payloadTo } from './payload.ts';

/** The options that decide how a menu is shown, with their defaults. */
export interface MenuStyle {
  readonly name: string;
  readonly show: 'quick-replies' | 'buttons';
  readonly more: string;
  readonly back: string | false;
  readonly restart: string | false;
}

/** Something to tap: its title, and the path it leads to. */
export type Tap = readonly [title: string, path: Path];

/** "Back" and "Start again", as far as a node has them. One level below the top both would lead to the top. */
export function navigationTaps({ back, restart }: MenuStyle, path: Path): readonly Tap[] {
  if (path.length === 0) return [];
  const taps: Tap[] = [];
  if (back !== false) taps.push([back, path.slice(0, -1)]);
  if (restart !== false && (path.length > 1 || taps.length === 0)) taps.push([restart, []]);
  return taps;
}

/** Everything that can be tapped on a screen. */
export function tapsOf(style: MenuStyle, path: Path, { choices }: Screen): readonly Tap[] {
  return [...choices.map((choice): Tap => [choice.title, [...path, idOf(choice)]]), ...navigationTaps(style, path)];
}

/** The messages that show a screen: one, or one for every three buttons. */
export function screenMessages(style: MenuStyle, path: Path, screen: Screen): readonly Sayable[] {
  if (style.show === 'quick-replies') {
    return [textMessage(screen.text, repliesOf(style, tapsOf(style, path, screen)))];
  }
  const buttons = screen.choices.map((choice) =>
    postbackButton(choice.title, payloadTo(style.name, [...path, idOf(choice)])),
  );
  const rows = Math.ceil(buttons.length / LIMITS.buttons);
  return Array.from({ length: rows }, (_, row) => {
    const three = buttons.slice(row * LIMITS.buttons, (row + 1) * LIMITS.buttons);
    const message = buttonMessage(row === 0 ? screen.text : style.more, three);
    return row === rows - 1 ? withNavigation(style, path, message) : message;
  });
}

/** The answer with ways back as quick replies, unless it has quick replies of its own or can carry none. */
export function withNavigation(style: MenuStyle, path: Path, answer: Sayable): Sayable {
  const taps = navigationTaps(style, path);
  const message = outboundMessage(answer);
  const isFree = ('text' in message || 'attachment' in message) && !('quick_replies' in message);
  return isFree && taps.length > 0 ? withQuickReplies(repliesOf(style, taps), answer) : answer;
}

function repliesOf({ name }: MenuStyle, taps: readonly Tap[]): readonly QuickReply[] {
  return taps.map(([title, to]) => quickReply(title, payloadTo(name, to)));
}
