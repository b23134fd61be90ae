/** The id of an event of the stream: the store, and up to which change everything was sent. */

/** Builds the id. */
export function toEventId(storeId: string, changeId: number): string {
  return `${prefixOf(storeId)}${changeId}`;
}

/** The change that an id names; `undefined` for one that this store never gave. */
export function fromEventId(storeId: string, eventId: string): number | undefined {
  const prefix = prefixOf(storeId);
  const digits = eventId.startsWith(prefix) ? eventId.slice(prefix.length) : '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

function prefixOf(storeId: string): string {
  return `${storeId.slice(0, 8)}-`;
}
