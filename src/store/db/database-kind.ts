/** The databases that a store can be in. */
export type DatabaseKind = 'sqlite' | 'postgres';
