import type { Logger } from '../../logger.ts';
import { createSenderActions, type SenderActionsDeps } from '../../sender-actions.ts';
import type { EverthreadActivities } from '../../workflows/contract/index.ts';

/** What the activity needs. */
export interface SenderActionDeps extends SenderActionsDeps {
  readonly log: Pick<Logger, 'debug'>;
}

/** The activity `senderAction`. It never throws; a turn that runs again may repeat it. */
export function createSenderAction({ log, ...deps }: SenderActionDeps): EverthreadActivities['senderAction'] {
  const tryAction = createSenderActions(deps);
  return async (conversation, action) => {
    const reason = await tryAction(conversation, action);
    if (reason === undefined) return;
    log.debug({ conversation, action: action.sender_action, reason }, 'Sender action left out');
  };
}
