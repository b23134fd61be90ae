import type { Item } from '../../../src/client/index.ts';

/** A lead. */
export type Lead = Item<'/leads'>;
