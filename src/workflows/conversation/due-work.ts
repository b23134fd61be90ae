/** What a conversation does by itself: the end of a take-over, wake-ups of plugins, windows that close soon. */

import { giveBackCause, legacyWakeUpId, wakeUpCause, windowClosingCause } from '../../domain/cause.ts';
import { plugins } from '../bot.ts';
import { saveLinks } from '../external-ids.ts';
import { saveTags } from '../tags.ts';
import { quietUntil } from '../time.ts';
import { putEmitted } from './emitted-topics.ts';
import { finishTurn } from './finish-turn.ts';
import { handBack } from './handoffs.ts';
import { openUntil } from './hooks/plugin-circuit-breaker.ts';
import { runHook } from './hooks/run-hook.ts';
import { sendDueMessages } from './scheduled-messages.ts';
import { newTurn, type TurnParts } from './turn.ts';
import { markNotified, pendingWindowClosings } from './window-closing.ts';

/** Does everything that is due now. */
export async function runDueWork(parts: TurnParts): Promise<void> {
  const { conversation, state } = parts;
  const { tags } = state;
  await endOverdueTakeOver(parts);
  await sendDueMessages(parts);
  // While an operator answers, the bot is silent and its wake-ups wait.
  if (!state.human) {
    await wakePlugins(parts);
    await notifyOfClosingWindow(parts);
  }
  await saveLinks(conversation, state);
  await putEmitted(conversation, state);
  await saveTags(conversation, tags, state.tags);
}

/** Gives the conversation back to the bot when the time of an operator is up. */
export async function endOverdueTakeOver(parts: TurnParts): Promise<void> {
  const { state, now } = parts;
  if (state.human?.until === undefined || state.human.until > now()) return;
  // States that older versions wrote have no id of the take-over.
  const { occasion = state.human.until } = state.human;
  const turn = newTurn(parts, giveBackCause(occasion));
  await handBack(turn, { reason: 'time is up' });
  await finishTurn(turn);
}

/** Wakes plugins whose time has come; in quiet hours their wake-ups move to the end of those. */
async function wakePlugins(parts: TurnParts): Promise<void> {
  const { state, now } = parts;
  const quietEnd = quietUntil(now(), state.contact);
  if (quietEnd !== undefined) {
    state.wakeUps = state.wakeUps.map((wakeUp) => (wakeUp.at <= now() ? { ...wakeUp, at: quietEnd } : wakeUp));
    return;
  }
  const due = state.wakeUps.filter(({ at }) => at <= now());
  state.wakeUps = state.wakeUps.filter((wakeUp) => !due.includes(wakeUp));
  for (const [index, wakeUp] of due.entries()) {
    const { plugin: name, at, note, occasion = legacyWakeUpId(at, name, index) } = wakeUp;
    const plugin = plugins().find((candidate) => candidate.name === name);
    const until = plugin && openUntil(state, plugin, now());
    if (until !== undefined) {
      state.wakeUps = [...state.wakeUps, { plugin: name, at: until, note, occasion }];
      continue;
    }
    const turn = newTurn(parts, wakeUpCause(occasion));
    if (plugin?.onWake) await runHook(turn, plugin, 'onWake', note);
    await finishTurn(turn);
  }
}

/** Calls `onWindowClosing`. A window that closed while an operator answered is skipped. */
async function notifyOfClosingWindow(parts: TurnParts): Promise<void> {
  const { state, now } = parts;
  for (const closing of pendingWindowClosings(state)) {
    const { plugin, at, closesAt } = closing;
    if (at > now()) continue;
    markNotified(state, closing);
    if (closesAt <= now()) continue;
    const turn = newTurn(parts, windowClosingCause(state.windowOpenedAt, plugin.name));
    await runHook(turn, plugin, 'onWindowClosing', { closesAt });
    await finishTurn(turn);
  }
}
