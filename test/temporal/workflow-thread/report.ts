/** What `probe.ts` prints. */
export interface ProbeReport {
  readonly node: string;
  readonly asyncContext: { readonly store?: string; readonly isSameScope: boolean; readonly ended: string };
  /** The answer to the query behind Temporal's "Call stack". */
  readonly stackTrace: string;
  /** What the thread reported of promises that nobody awaits. */
  readonly floatingPromises: readonly string[];
  /** The message with which a workflow task failed. */
  readonly endlessLoop: string;
  readonly neighbour: string;
}
