import { log } from '@temporalio/workflow';
import type { SendId } from '../../domain/send-id.ts';
import { describeUnsent, type UnsentOutcome } from '../../domain/send.ts';

/** Logs that a message did not go out; `source` is `plugin faq`, `sequence spring-offer` or `the fallback`. */
export function reportUnsent(source: string, sendId: SendId, outcome: UnsentOutcome): void {
  log.warn(`A message of ${source} did not go out (${describeUnsent(outcome)})`, { source, sendId, outcome });
}
