/** Tags of a person; each stands there once. */
export type Tags = readonly string[];

/** Tags to add to a person and to remove from them. */
export interface TagChange {
  readonly add: Tags;
  readonly remove: Tags;
}

/** How many tags a person has at most: they are a search attribute, and all must fit into its 2 KB. */
export const MAX_TAGS = 20;
export const MAX_TAG_CHARS = 50;

/** The tags after a change; those above {@link MAX_TAGS} are left out. */
export function applyTagChange(tags: Tags, { add, remove }: TagChange): Tags {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].slice(0, MAX_TAGS);
}

/** What must change for `before` to become `after`; `undefined` when nothing must. */
export function tagChange(before: Tags, after: Tags): TagChange | undefined {
  const add = after.filter((tag) => !before.includes(tag));
  const remove = before.filter((tag) => !after.includes(tag));
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}
