/** Limits of what a hook may do, where the workflows and the contract test of plugins (`everthread/testing`) share them. */

/** A hook that sends more messages is taken for an endless loop. */
export const MAX_SENDS_PER_HOOK = 20;
/** A plugin's state for one person, as JSON: all states together must fit into one payload, whose size Temporal limits. */
export const MAX_STATE_CHARS = 50_000;
