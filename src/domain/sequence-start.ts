/** What a second start of a sequence does: nothing while a run is active, a new run in its place, or nothing ever again. */
export type Runs = 'one_at_a_time' | 'restart' | 'once';

/** The result of a start; `already_ran` is for sequences that run once. */
export type SequenceStart = 'started' | 'already_running' | 'already_ran';
