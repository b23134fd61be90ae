import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { EverthreadClient, Schemas } from '../../src/client/index.ts';
import type { Live } from './live.ts';

/** Who uses the desk. */
export type Session = Schemas['Session'];
/** A conversation in the list. */
export type Summary = Schemas['ConversationSummary'];
/** One conversation, with all that an operator decides by. */
export type Conversation = Schemas['Conversation'];
/** A line of the transcript. */
export type Message = Schemas['Message'];

/** What every view of the desk works with. */
export interface Desk {
  readonly api: EverthreadClient;
  readonly session: Session;
  readonly live: Live;
  /** Runs work and shows its error, if it fails, as a notice. Resolves to whether it succeeded. */
  readonly attempt: (work: () => Promise<unknown>, done?: string) => Promise<boolean>;
  /** Ends the session and shows the login. */
  readonly logOut: () => Promise<void>;
}

/** The desk around a view. */
export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk around this view. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('There is no desk around this view.');
  return desk;
}
