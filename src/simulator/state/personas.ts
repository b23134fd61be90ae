import { randomInt } from 'node:crypto';
import type { SimulatorDatabase } from './database.ts';

/** A name and picture that a Page's message may carry in place of its own. */
export interface Persona {
  readonly id: string;
  readonly pageId: string;
  readonly name: string;
  readonly pictureUrl: string;
}

/** A persona to add; the picture and the id may be left out. */
export type NewPersona = Pick<Persona, 'name'> & Partial<Persona>;

/** The personas of all Pages. */
export interface Personas {
  /** Adds a persona; returns its id. */
  add(persona: NewPersona, pageId: string): string;
  /** Finds a persona of this Page that is not deleted. */
  find(id: string, pageId: string): Persona | undefined;
  /** The name of a persona, deleted or not: earlier messages still show it. */
  nameOf(id: string): string | undefined;
  all(pageId: string): Persona[];
  delete(id: string): void;
}

interface PersonaRow {
  readonly id: string;
  readonly page_id: string;
  readonly name: string;
  readonly picture_url: string;
}

/** Personas as the database holds them. */
export function createPersonas(database: SimulatorDatabase): Personas {
  const insert = database.prepare('INSERT INTO personas (id, page_id, name, picture_url) VALUES (?, ?, ?, ?)');
  const one = database.prepare<PersonaRow>('SELECT * FROM personas WHERE id = ? AND page_id = ? AND is_deleted = 0');
  const name = database.prepare<{ name: string }>('SELECT name FROM personas WHERE id = ?');
  const every = database.prepare<PersonaRow>(
    'SELECT * FROM personas WHERE page_id = ? AND is_deleted = 0 ORDER BY rowid',
  );
  const remove = database.prepare('UPDATE personas SET is_deleted = 1 WHERE id = ?');
  return {
    add(persona, pageId) {
      const id = persona.id ?? `9${String(randomInt(0, 10 ** 14)).padStart(14, '0')}`;
      insert.run(id, persona.pageId ?? pageId, persona.name, persona.pictureUrl ?? 'https://shop.example/face.png');
      return id;
    },
    find: (id, pageId) => {
      const row = one.get(id, pageId);
      return row && toPersona(row);
    },
    nameOf: (id) => name.get(id)?.name,
    all: (pageId) => every.all(pageId).map(toPersona),
    delete: (id) => remove.run(id),
  };
}

function toPersona({ id, page_id: pageId, name, picture_url: pictureUrl }: PersonaRow): Persona {
  return { id, pageId, name, pictureUrl };
}
