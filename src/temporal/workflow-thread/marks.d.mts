/** A workflow task of one workflow: which of its run it is, counted from 1. */
export interface Activation {
  readonly workflowId: string;
  readonly runId: string;
  readonly task: number;
}

export declare const MAX_MARK_BYTES: number;
/** The activation that a mark shows, and its number in its thread; `undefined` when none runs. */
export declare function readMark(memory: ArrayBufferLike): (Activation & { readonly sequence: number }) | undefined;
