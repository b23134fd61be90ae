/**
 * Asks the simulator; a refusal becomes an error with its sentence.
 * @param {string} method
 * @param {string} path below `api/`
 * @param {unknown} [body]
 */
export async function ask(method, path, body) {
  const answer = await fetch(`api/${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error ?? `The simulator answered ${answer.status}.`);
  return json;
}

/**
 * Calls back whenever something changed, and after every new connection, because something may have been missed.
 * @param {(people: readonly string[] | undefined) => void} onChange whose threads; `undefined`: look at everything
 * @param {(isConnected: boolean) => void} onConnection
 */
export function follow(onChange, onConnection) {
  const source = new EventSource('api/live');
  source.addEventListener('hello', () => {
    onConnection(true);
    onChange(undefined);
  });
  source.addEventListener('changed', (event) => onChange(JSON.parse(event.data).people));
  source.addEventListener('error', () => onConnection(false));
}
