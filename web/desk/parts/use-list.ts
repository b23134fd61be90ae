import { useRef } from 'preact/hooks';
import { useLoaded, type Loaded } from '../load.ts';

/** A page of a list, as the API answers. */
interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The beginning of a list. */
export interface ListPart<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** A list that is read as far as somebody wants to see it. */
export interface LoadedList<T> extends Loaded<ListPart<T>> {
  readonly more: () => void;
}

const STEP = 50;

/** Reads the beginning of a list; `more` reads further, and a reload reads as far as before. */
export function useList<T>(
  read: (page: { readonly cursor?: string; readonly limit: number }, signal: AbortSignal) => Promise<ListPage<T>>,
  inputs: readonly unknown[],
): LoadedList<T> {
  const key = JSON.stringify(inputs);
  const wanted = useRef({ key, count: STEP });
  if (wanted.current.key !== key) wanted.current = { key, count: STEP };
  const loaded = useLoaded(async (signal) => {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page = await read({ limit: STEP, ...(cursor !== undefined && { cursor }) }, signal);
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && items.length < wanted.current.count);
    return { items, hasMore: cursor !== undefined };
  }, inputs);
  return {
    ...loaded,
    more() {
      wanted.current = { key, count: wanted.current.count + STEP };
      loaded.reload();
    },
  };
}
