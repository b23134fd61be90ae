import Watchpack from 'watchpack';

export interface FileWatch {
  /** Watches these from now on, and tells what happened to them since a moment, epoch ms. */
  watch(paths: { readonly files: Iterable<string>; readonly missing: Iterable<string> }, since: number): void;
  close(): void;
}

/** Saving several files, or formatting after saving, is one change; a person does not notice the pause. */
const DEBOUNCE_MS = 80;

/**
 * Tells of files that were written, replaced, made or removed, in whatever way an editor does it, once for changes that
 * come in a row. `onTouch` is called at the first of them, `onChange` when they are over.
 */
export function watchFiles(onChange: (paths: readonly string[]) => void, onTouch: () => void = () => {}): FileWatch {
  const watcher = new Watchpack({ aggregateTimeout: DEBOUNCE_MS });
  watcher.on('change', onTouch);
  watcher.on('remove', onTouch);
  watcher.on('aggregated', (changes, removals) => onChange([...changes, ...removals]));
  return {
    watch: ({ files, missing }, since) => watcher.watch({ files, missing, directories: [], startTime: since }),
    close: () => watcher.close(),
  };
}
