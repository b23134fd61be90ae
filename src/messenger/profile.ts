/**
 * What a Page shows before anybody says anything: Get Started, the greeting, ice breakers, the menu, commands. In Meta's
 * words and shapes, so that what is wanted can be compared with what Meta has. Meta, reference/messenger-profile-api,
 * read 2026-10-06.
 */

import { BotError } from '../domain/bot-error.ts';
import {
  checkedChoice,
  checkedFields,
  checkedFlag,
  checkedList,
  checkedText,
  checkedUrl,
  invalid,
  optional,
} from './check/checked.ts';
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
  const wanted = checkedFields('The profile', profile, keys, CURE);
  return {
    ...optional(wanted, 'get_started', (raw) => {
      const { payload } = checkedFields('Get Started', raw, ['payload'], CURE);
      return { payload: checkedText('The payload of Get Started', payload, LIMITS.menuPayload) };
    }),
    ...optional(wanted, 'greeting', (raw) => perLocale('greeting', raw, greetingOf)),
    ...optional(wanted, 'ice_breakers', (raw) => perLocale('ice breakers', raw, iceBreakersOf)),
    ...optional(wanted, 'persistent_menu', (raw) => perLocale('menu', raw, menuOf)),
    ...optional(wanted, 'commands', (raw) => checkedList('The commands', raw, 1, Infinity).map(commandsOf)),
  };
}

const CURE = 'See MessengerProfile for what Meta takes';

function perLocale<Part extends { readonly locale: string }>(
  what: string,
  value: unknown,
  read: (value: unknown) => Part,
): readonly Part[] {
  const parts = checkedList(`The locales of the ${what}`, value, 1, Infinity).map(read);
  if (parts.some(({ locale }) => locale === 'default')) return parts;
  const locales = parts.map(({ locale }) => locale).join(', ');
  throw new BotError(
    'default_locale_missing',
    `The ${what} is given for ${locales}, and Meta wants it for everybody else too. Add the locale "default".`,
  );
}

function greetingOf(value: unknown) {
  const { locale, text } = checkedFields('A greeting', value, ['locale', 'text'], CURE);
  return { locale: localeOf(locale), text: checkedText('The greeting', text, LIMITS.greeting) };
}

function iceBreakersOf(value: unknown): IceBreakers {
  const one = checkedFields('The ice breakers', value, ['locale', 'call_to_actions'], CURE);
  const questions = checkedList('The ice breakers', one['call_to_actions'], 1, LIMITS.iceBreakers);
  return {
    locale: localeOf(one['locale']),
    call_to_actions: questions.map((raw) => {
      const { question, payload } = checkedFields('An ice breaker', raw, ['question', 'payload'], CURE);
      return {
        question: checkedText('The question of an ice breaker', question),
        payload: checkedText('The payload of an ice breaker', payload, LIMITS.menuPayload),
      };
    }),
  };
}

function menuOf(value: unknown): PersistentMenu {
  const menu = checkedFields('The menu', value, ['locale', 'composer_input_disabled', 'call_to_actions'], CURE);
  return {
    locale: localeOf(menu['locale']),
    ...optional(menu, 'composer_input_disabled', (flag) => checkedFlag('composer_input_disabled', flag)),
    call_to_actions: checkedList('The menu items', menu['call_to_actions'], 1, LIMITS.menuItems).map(menuItemOf),
  };
}

function menuItemOf(value: unknown): MenuItem {
  const item = checkedFields('A menu item', value, ['type', 'title', 'payload', 'url'], CURE);
  const type = checkedChoice('The type of a menu item', item['type'], ['postback', 'web_url']);
  const title = checkedText('The title of a menu item', item['title'], LIMITS.menuTitle);
  if (type === 'web_url') return { type, title, url: checkedUrl("A menu item's address", item['url']) };
  return { type, title, payload: checkedText('The payload of a menu item', item['payload'], LIMITS.menuPayload) };
}

function commandsOf(value: unknown): Commands {
  const one = checkedFields('The commands', value, ['locale', 'commands'], CURE);
  return {
    locale: localeOf(one['locale']),
    commands: checkedList('The commands', one['commands'], 1, LIMITS.commands).map((raw) => {
      const { name, description } = checkedFields('A command', raw, ['name', 'description'], CURE);
      return {
        name: withoutSlash(checkedText('The name of a command', name, LIMITS.commandName)),
        description: checkedText('The description of a command', description, LIMITS.commandDescription),
      };
    }),
  };
}

function withoutSlash(name: string): string {
  if (!name.startsWith('/')) return name;
  throw invalid(`The command "${name}" begins with a slash`, 'Leave it out; Messenger writes it');
}

function localeOf(value: unknown): string {
  return checkedText('A locale', value);
}
