/** Notifies open pages of changes, and knows in which threads the Page is typing. */
export interface LiveUpdates {
  /** Something about this person changed, or about the simulator as a whole. */
  notify(psid?: string): void;
  /** Calls back for every change; the returned function ends that. */
  subscribe(onChange: (psid: string | undefined) => void): () => void;
  /** Shows the person the typing indicator for 20 s, or until a message comes. */
  startTyping(psid: string): void;
  stopTyping(psid: string): void;
  isTyping(psid: string): boolean;
  close(): void;
}

/** Meta shows the typing indicator for about this long. */
const TYPING_MS = 20_000;

/** Held in memory: a restart forgets who is typing. */
export function createLiveUpdates(): LiveUpdates {
  const followers = new Set<(psid: string | undefined) => void>();
  const typing = new Map<string, NodeJS.Timeout>();

  function changed(psid?: string): void {
    for (const follower of followers) follower(psid);
  }

  function stopTyping(psid: string): void {
    const timer = typing.get(psid);
    if (!timer) return;
    clearTimeout(timer);
    typing.delete(psid);
    changed(psid);
  }

  return {
    notify: changed,
    subscribe(onChange) {
      followers.add(onChange);
      return () => void followers.delete(onChange);
    },
    startTyping(psid) {
      clearTimeout(typing.get(psid));
      typing.set(psid, setTimeout(() => stopTyping(psid), TYPING_MS).unref());
      changed(psid);
    },
    stopTyping,
    isTyping: (psid) => typing.has(psid),
    close() {
      for (const timer of typing.values()) clearTimeout(timer);
      followers.clear();
    },
  };
}
