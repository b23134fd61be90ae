/**
 * The cause of a turn or of a run of a sequence. Its id is the same when the turn runs again after a crash or a reset. The
 * ids of everything that a turn sends, saves or starts are made of it, so that repetitions are recognised.
 *
 * Ids are on disk and at Meta, so their form never changes: `i{inbox id}`, `w{hash}`, `t{…}`, `g{…}`, `c{…}`, `b-{…}`,
 * `o{key}`, `x{key}`.
 */
export interface Cause {
  readonly kind:
    | 'event'
    | 'wake_up'
    | 'take_over'
    | 'give_back'
    | 'window_closing'
    | 'broadcast'
    | 'operator'
    | 'topic';
  readonly id: string;
}

/** An inbound event. */
export function eventCause(inboxId: number): Cause {
  return { kind: 'event', id: `i${inboxId}` };
}

/** The inbox id in the id of a cause; `undefined` if the cause is no inbound event. */
export function inboxIdOf(id: string): number | undefined {
  const digits = /^i([1-9]\d{0,14})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether the first cause is an inbound event that was stored before the other, or the same one. */
export function isNotAfter(id: string, other: string): boolean {
  const [inboxId, otherInboxId] = [inboxIdOf(id), inboxIdOf(other)];
  return inboxId !== undefined && otherInboxId !== undefined && inboxId <= otherInboxId;
}

/** A wake-up of a plugin; `id` is from {@link wakeUpId} or {@link legacyWakeUpId}. */
export function wakeUpCause(id: string): Cause {
  return { kind: 'wake_up', id };
}

/** The id of a wake-up, made of a hash of what asked for it. */
export function wakeUpId(hash: string): string {
  return `w${hash}`;
}

/** The id of a wake-up in a state written before ids were kept there. */
export function legacyWakeUpId(at: number, plugin: string, index: number): string {
  return `w${at}-${plugin}-${index}`;
}

/** An operator took the conversation over; `key` names the update. */
export function takeOverCause(key: string): Cause {
  return { kind: 'take_over', id: `t${key}` };
}

/** An operator gave the conversation back, or their time is up; `key` names the update, or the take-over that ends. */
export function giveBackCause(key: string | number): Cause {
  return { kind: 'give_back', id: `g${key}` };
}

/** The window that was opened at `openedAt` closes soon, and a plugin is notified. */
export function windowClosingCause(openedAt: number | undefined, plugin: string): Cause {
  return { kind: 'window_closing', id: `c${openedAt}-${plugin}` };
}

/** Idempotency key of one edition of a broadcast: the same edition sends nothing twice to a person. */
export function broadcastCauseId(name: string, edition: string): string {
  return `b-${name}-${edition}`;
}

/** A broadcast reached this person; `id` is from {@link broadcastCauseId}. */
export function broadcastCause(id: string): Cause {
  return { kind: 'broadcast', id };
}

/** An operator asked for something; `key` names the request, the same when it is repeated: letters, digits, `-` and `_`. */
export function operatorCause(key: string): Cause {
  return { kind: 'operator', id: `o${key}` };
}

/** A topic came from outside; `key` names the request, as in {@link operatorCause}. */
export function topicCause(key: string): Cause {
  return { kind: 'topic', id: `x${key}` };
}
