/**
 * The Messenger profile of a Page: Get Started, the greeting, ice breakers, the persistent menu, commands. In Meta's words
 * and shapes, so that it can be compared with what Meta has. Meta, reference/messenger-profile-api, read 2026-10-06.
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

/** What a Page shows before a conversation begins, in Meta's words. */
export interface MessengerProfile {
  /** Shows Get Started, which the menu and m.me links with a `ref` into new threads need. `payload`: at most 1,000 characters. */
  readonly get_started?: { readonly payload: string };
  /** Shown before the first message; at most 160 characters. One locale must be `default`. */
  readonly greeting?: readonly { readonly locale: string; readonly text: string }[];
  /** At most 4 questions per locale, shown instead of Get Started. One locale must be `default`. */
  readonly ice_breakers?: readonly IceBreakers[];
  /** At most 20 items per locale, always shown. One locale must be `default`. */
  readonly persistent_menu?: readonly PersistentMenu[];
  /** 1 to 100 slash commands per locale, shown instead of the menu. */
  readonly commands?: readonly Commands[];
}

/** The questions that a new person can tap, for one locale. */
export interface IceBreakers {
  readonly locale: string;
  readonly call_to_actions: readonly { readonly question: string; readonly payload: string }[];
}

/** The menu for one locale. */
export interface PersistentMenu {
  readonly locale: string;
  /** Hides the text field: the person can only tap. */
  readonly composer_input_disabled?: boolean;
  readonly call_to_actions: readonly MenuItem[];
}

/** An item of the menu: a postback or a web page. The title has at most 30 characters. */
export type MenuItem =
  | { readonly type: 'postback'; readonly title: string; readonly payload: string }
  | { readonly type: 'web_url'; readonly title: string; readonly url: string };

/** The slash commands for one locale: names without slash of at most 32 characters, descriptions of at most 64. */
export interface Commands {
  readonly locale: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
}

/**
 * Checks a profile against Meta's limits and returns it. Meta, reference/messenger-profile-api, read 2026-10-06.
 *
 * @throws BotError `text_empty`, `text_too_long`, `wrong_number_of_items`, `url_invalid`, `default_locale_missing` or
 *   `message_invalid`.
 */
export function messengerProfile(profile: MessengerProfile): MessengerProfile {
  const keys = ['get_started', 'greeting', 'ice_breakers', 'persistent_menu', 'commands'];
  const fields = requireObject('The profile', profile, keys, PROFILE_CURE);
  return {
    ...readOptional(fields, 'get_started', (raw) => {
      const { payload } = requireObject('Get Started', raw, ['payload'], PROFILE_CURE);
      return { payload: requireText('The payload of Get Started', payload, LIMITS.menuPayloadChars) };
    }),
    ...readOptional(fields, 'greeting', (raw) => requireDefaultLocale('greeting', raw, requireGreeting)),
    ...readOptional(fields, 'ice_breakers', (raw) => requireDefaultLocale('ice breakers', raw, requireIceBreakers)),
    ...readOptional(fields, 'persistent_menu', (raw) => requireDefaultLocale('menu', raw, requireMenu)),
    ...readOptional(fields, 'commands', (raw) => requireList('The commands', raw, 1, Infinity).map(requireCommands)),
  };
}

const PROFILE_CURE = 'See MessengerProfile for what Meta takes';

function requireDefaultLocale<Part extends { readonly locale: string }>(
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

function requireGreeting(value: unknown) {
  const { locale, text } = requireObject('A greeting', value, ['locale', 'text'], PROFILE_CURE);
  return { locale: requireLocale(locale), text: requireText('The greeting', text, LIMITS.greetingChars) };
}

function requireIceBreakers(value: unknown): IceBreakers {
  const one = requireObject('The ice breakers', value, ['locale', 'call_to_actions'], PROFILE_CURE);
  const questions = requireList('The ice breakers', one['call_to_actions'], 1, LIMITS.iceBreakers);
  return {
    locale: requireLocale(one['locale']),
    call_to_actions: questions.map((raw) => {
      const { question, payload } = requireObject('An ice breaker', raw, ['question', 'payload'], PROFILE_CURE);
      return {
        question: requireText('The question of an ice breaker', question),
        payload: requireText('The payload of an ice breaker', payload, LIMITS.menuPayloadChars),
      };
    }),
  };
}

function requireMenu(value: unknown): PersistentMenu {
  const menu = requireObject('The menu', value, ['locale', 'composer_input_disabled', 'call_to_actions'], PROFILE_CURE);
  return {
    locale: requireLocale(menu['locale']),
    ...readOptional(menu, 'composer_input_disabled', (flag) => requireBoolean('composer_input_disabled', flag)),
    call_to_actions: requireList('The menu items', menu['call_to_actions'], 1, LIMITS.menuItems).map(requireMenuItem),
  };
}

function requireMenuItem(value: unknown): MenuItem {
  const item = requireObject('A menu item', value, ['type', 'title', 'payload', 'url'], PROFILE_CURE);
  const type = requireChoice('The type of a menu item', item['type'], ['postback', 'web_url']);
  const title = requireText('The title of a menu item', item['title'], LIMITS.menuTitleChars);
  if (type === 'web_url') return { type, title, url: requireUrl("A menu item's address", item['url']) };
  return { type, title, payload: requireText('The payload of a menu item', item['payload'], LIMITS.menuPayloadChars) };
}

function requireCommands(value: unknown): Commands {
  const one = requireObject('The commands', value, ['locale', 'commands'], PROFILE_CURE);
  return {
    locale: requireLocale(one['locale']),
    commands: requireList('The commands', one['commands'], 1, LIMITS.commands).map((raw) => {
      const { name, description } = requireObject('A command', raw, ['name', 'description'], PROFILE_CURE);
      return {
        name: requireNoSlash(requireText('The name of a command', name, LIMITS.commandNameChars)),
        description: requireText('The description of a command', description, LIMITS.commandDescriptionChars),
      };
    }),
  };
}

function requireNoSlash(name: string): string {
  if (!name.startsWith('/')) return name;
  throw invalidMessage(`The command "${name}" begins with a slash`, 'Leave it out; Messenger writes it');
}

function requireLocale(value: unknown): string {
  return requireText('A locale', value);
}
