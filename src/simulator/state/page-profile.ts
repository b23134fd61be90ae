import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, textAtPath, valuesAtPath } from '../json.ts';
import { PROFILE_PROPERTIES } from '../rules/profile-rules.ts';
import type { SimulatorDatabase } from './database.ts';

/** The Messenger profile of each Page, which Meta shows before anybody writes. */
export interface PageProfile {
  set(pageId: string, properties: JsonObject): void;
  get(pageId: string): JsonObject;
  delete(pageId: string, properties: readonly string[]): void;
}

/** `mainPageId` owns the properties that are stored without a Page id. */
export function createPageProfile(database: SimulatorDatabase, mainPageId: string): PageProfile {
  const put = database.prepare('INSERT OR REPLACE INTO profile (property, value) VALUES (?, ?)');
  const every = database.prepare<{ property: string; value: string }>('SELECT * FROM profile');
  const remove = database.prepare('DELETE FROM profile WHERE property = ?');
  const prefixOf = (pageId: string) => (pageId === mainPageId ? '' : `${pageId}/`);
  return {
    set: (pageId, properties) => {
      for (const [property, value] of Object.entries(properties)) {
        put.run(prefixOf(pageId) + property, JSON.stringify(value));
      }
    },
    get: (pageId) => {
      const ofPage = every.all().map(({ property, value }) => [property, JSON.parse(value) as unknown] as const);
      const known = PROFILE_PROPERTIES.flatMap((property) =>
        ofPage.filter(([key]) => key === prefixOf(pageId) + property),
      );
      return Object.fromEntries(known.map(([key, value]) => [key.slice(prefixOf(pageId).length), value]));
    },
    delete: (pageId, properties) => {
      for (const property of properties) remove.run(prefixOf(pageId) + property);
    },
  };
}

/** The payload of Get Started in a Page's profile. */
export function getStartedPayload(profile: PageProfile, pageId: string): string | undefined {
  const { get_started: started } = profile.get(pageId);
  return isObject(started) && hasText(started['payload']) ? started['payload'] : undefined;
}

/** The Page's profile as one person sees it. */
export interface ProfileView {
  /** With the person's name filled in. */
  readonly greeting?: string;
  readonly hasGetStarted: boolean;
  /** Questions to begin with; where there are some, Messenger shows no Get Started. */
  readonly iceBreakers: readonly MenuItem[];
  readonly menu: readonly MenuItem[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
}

/** Something to tap. It has a payload or an address. */
export interface MenuItem {
  readonly title: string;
  readonly payload?: string;
  readonly url?: string;
}

/** What the profile says to somebody of this locale; other locales get its default. */
export function profileView(
  profile: JsonObject,
  person: { readonly locale: string; readonly firstName: string; readonly lastName: string },
): ProfileView {
  const listOf = (property: string, list: string, title: string): MenuItem[] =>
    valuesAtPath(forLocale(profile[property], person.locale), `${list}.[]`).map(({ value }) => ({
      title: textAtPath(value, title) ?? '',
      ...only('payload', value),
      ...only('url', value),
    }));
  const greeting = textAtPath(forLocale(profile['greeting'], person.locale), 'text')
    ?.replaceAll('{{user_first_name}}', person.firstName)
    .replaceAll('{{user_last_name}}', person.lastName)
    .replaceAll('{{user_full_name}}', `${person.firstName} ${person.lastName}`.trim());
  return {
    ...(greeting !== undefined && { greeting }),
    hasGetStarted: isObject(profile['get_started']),
    iceBreakers: listOf('ice_breakers', 'call_to_actions', 'question'),
    menu: listOf('persistent_menu', 'call_to_actions', 'title'),
    commands: valuesAtPath(forLocale(profile['commands'], person.locale), 'commands.[]').map(({ value }) => ({
      name: textAtPath(value, 'name') ?? '',
      description: textAtPath(value, 'description') ?? '',
    })),
  };
}

function only(key: 'payload' | 'url', value: unknown): Partial<MenuItem> {
  const text = textAtPath(value, key);
  return text === undefined ? {} : { [key]: text };
}

function forLocale(entries: unknown, locale: string): unknown {
  if (!Array.isArray(entries)) return undefined;
  const isOf = (wanted: string) => (entry: unknown) => textAtPath(entry, 'locale') === wanted;
  return entries.find(isOf(locale)) ?? entries.find(isOf('default')) ?? entries[0];
}
