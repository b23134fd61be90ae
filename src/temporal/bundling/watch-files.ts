import Watchpack from 'watchpack';

/** A watch on a changing set of files. */
export interface FileWatch {
  /** Watches these from now on, and reports their changes after `since`, epoch ms. */
  watch(paths: { readonly files: Iterable<string>; readonly missing: Iterable<string> }, since: number): void;
  close(): void;
}

/** Saving several files, or formatting after saving, counts as one change. */
const DEBOUNCE_MS = 80;

/**
 * Watches for files that are written, replaced, created or removed, and debounces changes that follow each other:
 * `onTouch` is called at each of them, `onChange` once when they are over.
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
