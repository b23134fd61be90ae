import type { ComponentChildren } from 'preact';
import { formatTime } from '../../shared/times.ts';
import type { BotLineView, InspectedTurn, PersonView, SendView, TimelineEntryView } from '../views.ts';
import { BotAnswers } from './bot-answers.tsx';
import { FAULT_EFFECTS } from './faults.ts';
import { Json } from './json.tsx';
import { WebhookCall } from './webhook-call.tsx';

interface TimelineEntryProps {
  readonly entry: TimelineEntryView;
  readonly person: PersonView;
  readonly pageName: string;
  /** How much later than the entry before it, if that is worth saying. */
  readonly later: string;
  readonly isHighlighted: boolean;
  /** The turn that it began in the bot, if it is among the last. */
  readonly turn: InspectedTurn | undefined;
  /** Whether what became of it inside the bot can be asked. */
  readonly hasTraces: boolean;
}

/** One entry of the timeline: who, what, and each call it took with its JSON to unfold. */
export function TimelineEntry(props: TimelineEntryProps) {
  const { entry, person, pageName, later, isHighlighted, turn, hasTraces } = props;
  const traceId = traceIdOf(entry, turn);
  const { kind, title, at, send, webhooks, mid, line } = entry;
  const isSmall = isOneLine(entry);
  const time = <time>{formatTime(at, person.timezone)}</time>;
  const classes = ['event', isSmall && 'small', isHighlighted && 'chosen'].filter(Boolean).join(' ');
  return (
    <li class={classes} data-kind={kind} data-state={stateOf(entry)} data-mid={mid}>
      {later && <p class="later">{later}</p>}
      {!isSmall && (
        <>
          <p class="head">
            <span class="who">{senderOf(entry, person, pageName)}</span>
            {title && !line && <span class="title">{title}</span>}
            {time}
          </p>
          {line && <BotLine words={title} line={line} />}
          {send?.meaning && <p class="meaning">{send.meaning}</p>}
          {send?.fault && <p class="meaning">On demand: {FAULT_EFFECTS[send.fault] ?? send.fault}.</p>}
        </>
      )}
      {send && <SendCall send={send}>{isSmall && time}</SendCall>}
      {(isSmall ? webhooks.slice(0, send ? 0 : 1) : webhooks).map((webhook, index) => (
        <WebhookCall key={index} webhook={webhook}>
          {isSmall && time}
        </WebhookCall>
      ))}
      {!isSmall && hasTraces && traceId !== undefined && (
        <BotAnswers id={traceId} turn={turn} timezone={person.timezone} />
      )}
    </li>
  );
}

/** What the bot knows the entry by. */
function traceIdOf({ kind, mid, send }: TimelineEntryView, turn: InspectedTurn | undefined): string | undefined {
  if (kind === 'bot') return undefined;
  return turn?.events[0]?.id ?? mid ?? send?.traceId;
}

/** Whether one line is enough: typing, seen, read. */
function isOneLine({ kind, send, title, webhooks }: TimelineEntryView): boolean {
  if (send) return send.outcome === 'accepted' && send.how === title;
  return kind === 'signal' && webhooks[0]?.kind === 'read';
}

function senderOf({ kind }: TimelineEntryView, { firstName }: PersonView, pageName: string): string {
  switch (kind) {
    case 'said':
    case 'signal':
      return firstName;
    case 'other_app':
      return `${pageName}, by another app`;
    case 'inbox':
      return `${pageName}, by hand`;
    case 'sent':
      return pageName;
    case 'bot':
      return "The bot's code";
  }
}

function stateOf({ send, webhooks, line }: TimelineEntryView): string {
  if (line) return line.level;
  if (send && send.outcome !== 'accepted') return send.outcome;
  return webhooks.every((webhook) => webhook.isAccepted) ? 'done' : 'waiting';
}

/** What happened in the bot's code, where, and the stack to unfold. */
function BotLine({ words, line }: { readonly words: string; readonly line: BotLineView }) {
  return (
    <>
      <p class="meaning">{words}</p>
      {line.place !== undefined && <p class="place">{line.place}</p>}
      {line.stack !== undefined && (
        <details>
          <summary>
            <span class="label">Stack</span>
          </summary>
          <pre>{line.stack}</pre>
        </details>
      )}
    </>
  );
}

function SendCall({ send, children }: { readonly send: SendView; readonly children: ComponentChildren }) {
  const { outcome, how, httpStatus, code, request, answer } = send;
  const result = outcome === 'cut' ? 'no answer' : code ? `refused ${code}` : `${httpStatus} OK`;
  return (
    <details>
      <summary>
        <span class="label">Send API</span>
        <span class="detail">{how}</span>
        <span class="result" data-result={outcome}>
          {result}
        </span>
        {children}
      </summary>
      <h4>Request</h4>
      <Json text={request} />
      {answer !== undefined && (
        <>
          <h4>Answer</h4>
          <Json text={answer} />
        </>
      )}
    </details>
  );
}
