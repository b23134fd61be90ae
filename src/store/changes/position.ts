/** A place in the change log: every change up to `newest` was read, except those that were not visible yet. */
export interface ChangePosition {
  readonly newest: number;
  /** Ids of changes whose transactions may not have ended; ascending. */
  readonly missing: readonly number[];
}

/** The most ids that are missing at once: what is longer ago has ended. */
export const MAX_MISSING = 1000;
