import type { JsonRecord } from '../json.ts';
import type { Person } from './people.ts';

/** The User Profile API's answer: the fields that were asked for, and always the id. */
export function profileOf(person: Person, picture: string, fields: unknown): JsonRecord {
  const known: JsonRecord = {
    first_name: person.firstName,
    last_name: person.lastName,
    profile_pic: picture,
    locale: person.locale,
    timezone: person.timezone,
  };
  const asked = typeof fields === 'string' && fields ? fields.split(',') : ['first_name', 'last_name', 'profile_pic'];
  const given = asked.map((field) => field.trim()).filter((field) => field in known);
  return { ...Object.fromEntries(given.map((field) => [field, known[field]])), id: person.psid };
}

/** Permissions of their own stand before these (Meta, User Profile API, read 2026-10-06). */
export function wantsMoreThanNames(fields: unknown): boolean {
  return typeof fields === 'string' && /\b(locale|timezone|gender)\b/.test(fields);
}

/** A drawn face: initials on a colour that stays the same for a person. */
export function pictureOf({ psid, firstName, lastName }: Person): string {
  const hue = (Number(psid.slice(-6)) * 47) % 360;
  const initials = [firstName, lastName].map((name) => /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').join('');
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">',
    `<rect width="80" height="80" fill="hsl(${hue} 52% 46%)"/>`,
    '<text x="40" y="41" fill="#fff" font-family="system-ui,sans-serif" font-size="32" font-weight="600"',
    ` text-anchor="middle" dominant-baseline="central">${initials.toUpperCase()}</text></svg>`,
  ].join('');
}
