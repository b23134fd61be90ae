/** Limits of what a hook may do, where the workflows and the contract test of plugins (`everthread/testing`) share them. */

/** A hook that sends more messages is taken for an endless loop. */
export const MAX_SENDS_PER_HOOK = 20;
/** A plugin's state for one person, as JSON: all states together must fit into one payload, whose size Temporal limits. */
export const MAX_STATE_CHARS = 50_000;

/** Longest wait for the rest of a burst: Meta asks automated bots to answer within 30 seconds (Meta, Policy, read 2026-10-06). */
export const MAX_GATHER_MS = 20_000;
/** A longer burst is several turns: the texts of one must fit into one payload, whose size Temporal limits. */
export const MAX_BURST_MESSAGES = 20;
/** Bounds of `brake`. */
export const MIN_BRAKE_EXCHANGES = 10;
/** Bounds of `brake`. */
export const MAX_BRAKE_EXCHANGES = 1000;

/** How long the bot is silent after an operator's message, unless the bot says otherwise. */
export const SILENT_AFTER_HUMAN = '24 hours';
