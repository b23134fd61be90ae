import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { ConversationId } from '../domain/conversation-id.ts';
import { sequenceId } from '../workflows/contract/index.ts';

/** Names of sequences; the value is the id of the cause of the run. */
export type SequenceCauses = Readonly<Record<string, string>>;

/**
 * Those of a snapshot's sequences that are running. The others ended while no conversation was there to hear of it, or were
 * lost with their Temporal server.
 */
export async function findRunningSequences(
  client: Client,
  conversation: ConversationId,
  sequences: SequenceCauses,
): Promise<SequenceCauses> {
  const found = Object.entries(sequences).map(async ([name, occasion]) => {
    const running = await client.workflow
      .getHandle(sequenceId(name, conversation))
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      });
    if (running?.status.name !== 'RUNNING') return [];
    // Another run may have begun since.
    const cause = running.memo?.['occasion'];
    return [[name, typeof cause === 'string' ? cause : occasion] as const];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}
