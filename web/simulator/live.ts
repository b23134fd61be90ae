/** What a page is told over the simulator's live route. */
export interface LiveHandlers {
  /** The threads of these people changed. `undefined`: anything may have, as after a new connection. */
  readonly onChange: (people: readonly string[] | undefined) => void;
  readonly onConnection: (isConnected: boolean) => void;
}

/** Follows the simulator's Server-Sent Events; the browser reconnects by itself. */
export function followChanges({ onChange, onConnection }: LiveHandlers): void {
  const source = new EventSource('api/live');
  source.addEventListener('hello', () => {
    onConnection(true);
    onChange(undefined);
  });
  source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
    onChange((JSON.parse(data) as { readonly people: readonly string[] }).people);
  });
  source.addEventListener('error', () => onConnection(false));
}
