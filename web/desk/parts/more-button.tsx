import type { LoadedList } from './use-list.ts';

/** Shows further items of a list, if there are any. */
export function MoreButton({ list: { data, isLoading, more } }: { readonly list: LoadedList<unknown> }) {
  if (!data?.hasMore) return null;
  return (
    <button type="button" class="more" disabled={isLoading} onClick={more}>
      {isLoading ? 'Loading …' : 'Show more'}
    </button>
  );
}
