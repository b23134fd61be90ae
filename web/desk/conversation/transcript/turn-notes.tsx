import type { Turn } from './use-turns.ts';

const EVENTS: Readonly<Record<string, string>> = {
  message: 'a message',
  postback: 'a tap',
  reaction: 'a reaction',
  referral: 'a link',
  optin: 'an opt-in',
};

/** What the parts of the bot did, folded under the message that began it. */
export function TurnNotes({ turns }: { readonly turns: readonly Turn[] }) {
  return turns.map((turn) => (
    <details key={turn.id} class="turn" data-failed={turn.answers.some(({ answer }) => answer === 'failed')}>
      <summary>{summaryOf(turn)}</summary>
      <ul>
        {turn.events.some(({ messageId }) => messageId === null) && (
          <li>It began with {turn.events.map(({ kind }) => EVENTS[kind] ?? kind.replaceAll('_', ' ')).join(', ')}.</li>
        )}
        {turn.answers.map(({ words }, at) => (
          <li key={at}>{words}</li>
        ))}
      </ul>
    </details>
  ));
}

/** Who answered, in a few words. */
function summaryOf({ answers }: Turn): string {
  const failed = answers.filter(({ answer }) => answer === 'failed').map(({ who }) => `${who} failed`);
  const handled = answers.filter(({ answer }) => answer === 'handled').map(({ who }) => `${who} answered`);
  const started = answers.filter(({ answer }) => answer === 'started').map(({ who }) => `${who} started`);
  const silent = answers.filter(({ answer }) => answer === 'silent').map(({ who }) => `${who} answers`);
  return [...failed, ...handled, ...started, ...silent].join(' · ') || 'No part of the bot answered';
}
