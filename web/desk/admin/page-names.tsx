/** The Pages of something, by their ids. */
export function PageNames({ pages }: { readonly pages: readonly string[] | null }) {
  return <>{pages === null ? 'All' : pages.join(', ')}</>;
}
