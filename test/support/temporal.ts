import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';

/** A client of the test server; the test closes the connection. */
export interface TemporalForTests {
  readonly connection: Connection;
  readonly client: Client;
}

/** A client of the Temporal server that all test files of a run share: give each its own task queue and ids. */
export async function connectToTemporal(address = inject('temporalAddress')): Promise<TemporalForTests> {
  const connection = await Connection.connect({ address });
  return { connection, client: new Client({ connection }) };
}
