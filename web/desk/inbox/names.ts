import type { Summary } from '../desk-context.ts';

/** The name of the person, or what stands for it as long as Meta does not tell it. */
export function nameOf({ name, id }: Pick<Summary, 'name' | 'id'>): string {
  return name ?? `Person …${id.slice(-4)}`;
}
