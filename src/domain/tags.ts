/** The tags of a person, without repetition. */
export type Tags = readonly string[];

/** Tags to add to a person and to remove from them. */
export interface TagChange {
  readonly add: Tags;
  readonly remove: Tags;
}

/** The most tags of one person: they are a search attribute, and all must fit into its 2 KB. */
export const MAX_TAGS = 20;
/** The longest tag. */
/** The longest tag. */
export const MAX_TAG_CHARS = 50;

/** The tags after a change, at most {@link MAX_TAGS}. */
export function applyTagChange(tags: Tags, { add, remove }: TagChange): Tags {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].slice(0, MAX_TAGS);
}

/** What must change for `before` to become `after`; `undefined` when they are the same. */
export function tagChange(before: Tags, after: Tags): TagChange | undefined {
  const add = after.filter((tag) => !before.includes(tag));
  const remove = before.filter((tag) => !after.includes(tag));
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}
