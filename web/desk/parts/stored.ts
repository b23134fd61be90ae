/** What the browser keeps for this page, on this machine: drafts, and messages that are being sent. */

const PREFIX = 'everthread-desk:';

/** What is kept under the name; `undefined` if there is nothing, or nothing readable. */
export function readStored<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Keeps a value under the name; an empty one is removed. */
export function writeStored(name: string, value: string | readonly unknown[]): void {
  if (value.length === 0) localStorage.removeItem(PREFIX + name);
  else localStorage.setItem(PREFIX + name, JSON.stringify(value));
}

/** Removes everything that is kept of an operator. */
export function forgetStored(operator: string): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(PREFIX) && key.includes(`:${operator}:`)) localStorage.removeItem(key);
}
