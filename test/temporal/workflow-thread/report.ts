/** What `probe.ts` prints. */
export interface ProbeReport {
  readonly node: string;
  readonly asyncContext: { readonly store?: string; readonly isSameScope: boolean; readonly ended: string };
  /** The answer to the query behind Temporal's "Call stack". */
  readonly stackTrace: string;
  /** Messages with which workflow tasks failed. */
  readonly unhandledRejection: string;
  readonly endlessLoop: string;
  readonly neighbour: string;
}
