import { postbackButton } from '../../messenger/outbound/button.ts';
import { LIMITS } from '../../messenger/outbound/limits.ts';
import { buttonMessage, textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { outboundMessage, withQuickReplies } from '../../messenger/outbound/sayable.ts';
import { idOf, type Path, type Screen } from './choice.ts';
import { payloadTo } from './payload.ts';

/** How a menu looks. */
export interface Look {
  readonly name: string;
  readonly show: 'quick-replies' | 'buttons';
  readonly more: string;
  readonly back: string | false;
  readonly restart: string | false;
}

/** What is tapped: a title, and where it leads. */
export type Tap = readonly [title: string, path: Path];

/** The ways out of a node. One level below the top, "Back" and "Start again" would be the same. */
export function waysOut({ back, restart }: Look, path: Path): readonly Tap[] {
  if (path.length === 0) return [];
  const taps: Tap[] = [];
  if (back !== false) taps.push([back, path.slice(0, -1)]);
  if (restart !== false && (path.length > 1 || taps.length === 0)) taps.push([restart, []]);
  return taps;
}

/** All that can be tapped on a screen. */
export function tapsOf(look: Look, path: Path, { choices }: Screen): readonly Tap[] {
  return [...choices.map((choice): Tap => [choice.title, [...path, idOf(choice)]]), ...waysOut(look, path)];
}

/** The messages that show a screen: one, or as many as its buttons need. */
export function messagesOf(look: Look, path: Path, screen: Screen): readonly Sayable[] {
  if (look.show === 'quick-replies') {
    return [textMessage(screen.text, repliesOf(look, tapsOf(look, path, screen)))];
  }
  const buttons = screen.choices.map((choice) =>
    postbackButton(choice.title, payloadTo(look.name, [...path, idOf(choice)])),
  );
  const rows = Math.ceil(buttons.length / LIMITS.buttons);
  return Array.from({ length: rows }, (_, row) => {
    const three = buttons.slice(row * LIMITS.buttons, (row + 1) * LIMITS.buttons);
    const message = buttonMessage(row === 0 ? screen.text : look.more, three);
    return row === rows - 1 ? withWaysOut(look, path, message) : message;
  });
}

/** An answer that leads on, unless it has suggestions of its own or can have none. */
export function withWaysOut(look: Look, path: Path, answer: Sayable): Sayable {
  const taps = waysOut(look, path);
  const message = outboundMessage(answer);
  const isFree = ('text' in message || 'attachment' in message) && !('quick_replies' in message);
  return isFree && taps.length > 0 ? withQuickReplies(repliesOf(look, taps), answer) : answer;
}

function repliesOf({ name }: Look, taps: readonly Tap[]): readonly QuickReply[] {
  return taps.map(([title, to]) => quickReply(title, payloadTo(name, to)));
}
