/** What became of a deletion request. */
export type DeletionStatus =
  | { readonly status: 'unknown' | 'not_found' | 'under_way' }
  /** Epoch ms. */
  | { readonly status: 'finished'; readonly at: number };

const WORDS = {
  unknown: ['No such request', 'There is no deletion request with this code. Check the address.'],
  under_way: ['Your data are being deleted', 'This takes a minute as a rule. Load this page again later.'],
  finished: ['Your data were deleted', 'Nothing of what you wrote to us is left in this system.'],
  not_found: [
    'No data were found',
    'Your Facebook account is not linked to a conversation here, so nothing was deleted. If you have written to the business in Messenger or on Instagram, ask it there to delete the conversation.',
  ],
} as const;

/** A page for people, without scripts, styles or anything of the request. */
export function statusPage(deletion: DeletionStatus): string {
  const [title, words] = WORDS[deletion.status];
  const on = deletion.status === 'finished' ? ` (${new Date(deletion.at).toISOString().slice(0, 10)})` : '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}${on}</h1>
<p>${words}</p>
</html>
`;
}
