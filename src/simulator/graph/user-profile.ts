import type { JsonObject } from '../../messenger/check/json.ts';
import type { Person } from '../state/people.ts';

/** The User Profile API's answer: the requested fields and the id. */
export function userProfile(person: Person, picture: string, fields: unknown): JsonObject {
  const known: JsonObject = {
    first_name: person.firstName,
    last_name: person.lastName,
    profile_pic: picture,
    locale: person.locale,
    timezone: person.timezone,
  };
  const requested =
    typeof fields === 'string' && fields ? fields.split(',') : ['first_name', 'last_name', 'profile_pic'];
  const available = requested.map((field) => field.trim()).filter((field) => field in known);
  return { ...Object.fromEntries(available.map((field) => [field, known[field]])), id: person.psid };
}

/** Whether fields were requested that need permissions of their own (Meta, User Profile API, read 2026-10-06). */
export function wantsMoreThanNames(fields: unknown): boolean {
  return typeof fields === 'string' && /\b(locale|timezone|gender)\b/.test(fields);
}
