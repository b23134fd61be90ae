/**
 * What a Page shows before anybody says anything: Get Started, the greeting, ice breakers, the menu, commands. In Meta's
 * words and shapes, so that what is wanted can be compared with what Meta has. Meta, reference/messenger-profile-api,
 * read 2026-10-06.
 */

import { BotError } from '../domain/bot-error.ts';
import {
  requireChoice,
  requireObject,
  requireBoolean,
  requireList,
  requireText,
  requireUrl,
  invalidMessage,
  readOptional,
} from './check/require.ts';
import { LIMITS } from './outbound/limits.ts';

export interface MessengerProfile {
  /** Needed for the menu, and for m.me links with a `ref` into new threads. */
  readonly get_started?: { readonly payload: string };
  /** Shown before the first message; at most 160 characters. */
  readonly greeting?: readonly { readonly locale: string; readonly text: string }[];
  /** At most 4 questions per locale to tap; they take the place of Get Started. One locale must be `default`. */
  readonly ice_breakers?: readonly IceBreakers[];
  /** At most 20 items that are always there. One locale must be `default`. */
  readonly persistent_menu?: readonly PersistentMenu[];
  /** 1 to 100 per locale; they take the place of the menu. */
  readonly commands?: readonly Commands[];
}

export interface IceBreakers {
  readonly locale: string;
  readonly call_to_actions: readonly { readonly question: string; readonly payload: string }[];
}

export interface PersistentMenu {
  readonly locale: string;
  readonly composer_input_disabled?: boolean;
  readonly call_to_actions: readonly MenuItem[];
}

export type MenuItem =
  | { readonly type: 'postback'; readonly title: string; readonly payload: string }
  | { readonly type: 'web_url'; readonly title: string; readonly url: string };

export interface Commands {
  readonly locale: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
}

/** The profile, checked against Meta's limits. */
export function messengerProfile(profile: MessengerProfile): MessengerProfile {
  const keys = ['get_started', 'greeting', 'ice_breakers', 'persistent_menu', 'commands'];
  const wanted = requireObject('The profile', profile, keys, PROFILE_CURE);
  return {
    ...readOptional(wanted, 'get_started', (raw) => {
      const { payload } = requireObject('Get Started', raw, ['payload'], PROFILE_CURE);
      return { payload: requireText('The payload of Get Started', payload, LIMITS.menuPayloadChars) };
    }),
    ...readOptional(wanted, 'greeting', (raw) => perLocale('greeting', raw, greetingOf)),
    ...readOptional(wanted, 'ice_breakers', (raw) => perLocale('ice breakers', raw, iceBreakersOf)),
    ...readOptional(wanted, 'persistent_menu', (raw) => perLocale('menu', raw, menuOf)),
    ...readOptional(wanted, 'commands', (raw) => requireList('The commands', raw, 1, Infinity).map(commandsOf)),
  };
}

const PROFILE_CURE = 'See MessengerProfile for what Meta takes';

function perLocale<Part extends { readonly locale: string }>(
  what: string,
  value: unknown,
  read: (value: unknown) => Part,
): readonly Part[] {
  const parts = requireList(`The locales of the ${what}`, value, 1, Infinity).map(read);
  if (parts.some(({ locale }) => locale === 'default')) return parts;
  const locales = parts.map(({ locale }) => locale).join(', ');
  throw new BotError(
    'default_locale_missing',
    `The ${what} is given for ${locales}, and Meta wants it for everybody else too. Add the locale "default".`,
  );
}

function greetingOf(value: unknown) {
  const { locale, text } = requireObject('A greeting', value, ['locale', 'text'], PROFILE_CURE);
  return { locale: localeOf(locale), text: requireText('The greeting', text, LIMITS.greetingChars) };
}

function iceBreakersOf(value: unknown): IceBreakers {
  const one = requireObject('The ice breakers', value, ['locale', 'call_to_actions'], PROFILE_CURE);
  const questions = requireList('The ice breakers', one['call_to_actions'], 1, LIMITS.iceBreakers);
  return {
    locale: localeOf(one['locale']),
    call_to_actions: questions.map((raw) => {
      const { question, payload } = requireObject('An ice breaker', raw, ['question', 'payload'], PROFILE_CURE);
      return {
        question: requireText('The question of an ice breaker', question),
        payload: requireText('The payload of an ice breaker', payload, LIMITS.menuPayloadChars),
      };
    }),
  };
}

function menuOf(value: unknown): PersistentMenu {
  const menu = requireObject('The menu', value, ['locale', 'composer_input_disabled', 'call_to_actions'], PROFILE_CURE);
  return {
    locale: localeOf(menu['locale']),
    ...readOptional(menu, 'composer_input_disabled', (flag) => requireBoolean('composer_input_disabled', flag)),
    call_to_actions: requireList('The menu items', menu['call_to_actions'], 1, LIMITS.menuItems).map(menuItemOf),
  };
}

function menuItemOf(value: unknown): MenuItem {
  const item = requireObject('A menu item', value, ['type', 'title', 'payload', 'url'], PROFILE_CURE);
  const type = requireChoice('The type of a menu item', item['type'], ['postback', 'web_url']);
  const title = requireText('The title of a menu item', item['title'], LIMITS.menuTitleChars);
  if (type === 'web_url') return { type, title, url: requireUrl("A menu item's address", item['url']) };
  return { type, title, payload: requireText('The payload of a menu item', item['payload'], LIMITS.menuPayloadChars) };
}

function commandsOf(value: unknown): Commands {
  const one = requireObject('The commands', value, ['locale', 'commands'], PROFILE_CURE);
  return {
    locale: localeOf(one['locale']),
    commands: requireList('The commands', one['commands'], 1, LIMITS.commands).map((raw) => {
      const { name, description } = requireObject('A command', raw, ['name', 'description'], PROFILE_CURE);
      return {
        name: withoutSlash(requireText('The name of a command', name, LIMITS.commandNameChars)),
        description: requireText('The description of a command', description, LIMITS.commandDescriptionChars),
      };
    }),
  };
}

function withoutSlash(name: string): string {
  if (!name.startsWith('/')) return name;
  throw invalidMessage(`The command "${name}" begins with a slash`, 'Leave it out; Messenger writes it');
}

function localeOf(value: unknown): string {
  return requireText('A locale', value);
}
