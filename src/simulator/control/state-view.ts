import type { Fault } from '../rules/faults.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { personView, temporalWorkflowsUrl, type PersonView } from './thread-view.ts';

/** More would hide the chat. */
const MAX_WORDS_TO_TRY = 8;

/** What `GET /api/state` answers: the settings, everybody, and what is wrong. */
export interface StateView {
  readonly pageId: string;
  readonly pageName: string;
  readonly graphVersion: string;
  readonly webhookUrl: string;
  /** Whether moving a person's time moves the timers of the bot's Temporal as well. */
  readonly movesTimers: boolean;
  readonly people: readonly PersonView[];
  /** Faults that wait for the next sends. */
  readonly faults: readonly Fault[];
  /** Whether the simulator can tell which workflows cannot go on. */
  readonly knowsRuns: boolean;
  /** The address of workflows in Temporal's UI, which `{workflow id}/{run id}/history` follows. */
  readonly temporalWorkflowsUrl?: string;
  /** Whether the simulator can look inside the bot. */
  readonly inspects: boolean;
  /** Words that the bot answers; empty where nobody knows. */
  readonly wordsToTry: readonly string[];
  /** Why the bot's files as they were saved cannot be loaded. */
  readonly botProblem?: string;
}

/** The state of the simulator as a page shows it. */
export function stateView(state: SimulatorState): StateView {
  const { options, people, faults, app, bot } = state;
  return {
    pageId: options.pageId,
    pageName: options.pageName ?? 'Your Page',
    graphVersion: options.graphVersion,
    webhookUrl: app.subscription?.callbackUrl ?? options.webhookUrl,
    movesTimers: options.timeMachine !== undefined,
    people: people.all().map((person) => personView(state, person)),
    faults: faults.pending(),
    knowsRuns: options.runs !== undefined,
    ...(options.temporalUiUrl !== undefined && { temporalWorkflowsUrl: temporalWorkflowsUrl(options.temporalUiUrl) }),
    inspects: options.inspector !== undefined,
    wordsToTry: (bot.wordsToTry ?? []).slice(0, MAX_WORDS_TO_TRY),
    ...(bot.problem !== undefined && { botProblem: bot.problem }),
  };
}
