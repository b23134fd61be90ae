/** Tells open pages that something about a person changed, so that they look again. */
export interface LiveUpdates {
  notify(psid?: string): void;
  /** Calls back for every change until the returned function is called. */
  subscribe(onChange: (psid: string | undefined) => void): () => void;
  /** The person sees "the Page is typing" until the moment passes or a message comes. */
  startTyping(psid: string): void;
  stopTyping(psid: string): void;
  isTyping(psid: string): boolean;
  close(): void;
}

/** Meta shows the three dots for about this long. */
const TYPING_MS = 20_000;

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
