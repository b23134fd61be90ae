import type { RecordedStep, Recording } from './recording.ts';

/** What is known to be personal in a recording. */
export interface KnownNames {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** Names, addresses and the like that the person left in forms. */
  readonly others?: readonly string[];
  readonly operators?: readonly string[];
}

/** Replaces what is personal in a text; the same always by the same. */
export type Redact = (text: string) => string;

const URL_PATTERN = String.raw`https?:\/\/[^\s"'<>]+`;
const EMAIL_PATTERN = String.raw`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`;
const DATE_PATTERN = String.raw`(?<![\p{N}])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})(?![\p{N}])`;
/** At least seven digits, with what people write between them. */
const PHONE_PATTERN = String.raw`\+?\(?\d(?:[\s().\/-]{0,2}\d){6,}`;
/** Letters with digits, as order numbers have them (`AB-1042`, `#1042`, `PT500012345`), and at least five digits. A year or a price stays. */
const CODE_PATTERN = String.raw`#\d{2,}|(?<![\p{L}\p{N}])(?:\p{L}+[-_]?\d{3,}|\d{5,})(?:[-_]?[\p{L}\p{N}]+)*`;

/** Replaces known names, and everything that looks like an e-mail address, a phone number, an order number, a PSID or an id in a URL. */
export function createRedact({ firstName, lastName, others = [], operators = [] }: KnownNames): Redact {
  const names = new Map<string, string>();
  const learn = (name: string | undefined, replacement: string) => {
    const key = name?.trim().toLowerCase() ?? '';
    if (key.length > 1 && !names.has(key)) names.set(key, replacement);
  };
  if (firstName !== undefined && lastName !== undefined) learn(`${firstName} ${lastName}`, 'Robin Sample');
  learn(firstName, 'Robin');
  learn(lastName, 'Sample');
  operators.forEach((name, index) => learn(name, `Operator ${index + 1}`));
  others.forEach((name, index) => learn(name, `Name ${index + 1}`));

  const given = new Map<string, string>();
  /** The same replacement for the same key; `make` gets the number of those before. */
  const replacementOf = (kind: string, key: string, make: (number: number) => string): string => {
    const known = given.get(`${kind} ${key}`);
    if (known !== undefined) return known;
    const made = make([...given.keys()].filter((one) => one.startsWith(`${kind} `)).length + 1);
    given.set(`${kind} ${key}`, made);
    return made;
  };
  const digits = (text: string): string => {
    const key = text.replaceAll(/\D/g, '');
    const other = replacementOf('digits', key, (number) => inventDigits(key, number));
    let index = 0;
    return text.replaceAll(/\d/g, () => other[index++] ?? '0');
  };
  const email = (text: string): string =>
    replacementOf('email', text.toLowerCase(), (number) => `person${number}@example.com`);

  const longestFirst = [...names.keys()].toSorted((one, other) => other.length - one.length);
  const name =
    longestFirst.length > 0 ? `(?<![\\p{L}\\p{N}])(?:${longestFirst.map(escape).join('|')})(?![\\p{L}\\p{N}])` : '(?!)';
  const everything = new RegExp(
    [URL_PATTERN, EMAIL_PATTERN, DATE_PATTERN, name, PHONE_PATTERN, CODE_PATTERN].map((one) => `(${one})`).join('|'),
    'giu',
  );

  const redact: Redact = (text) =>
    text.replaceAll(everything, (found: string, url?: string, mail?: string, date?: string, known?: string) => {
      if (url !== undefined) return redactUrl(url, digits);
      if (mail !== undefined) return email(mail);
      if (date !== undefined) return date;
      if (known !== undefined) return names.get(known.toLowerCase()) ?? known;
      return digits(found);
    });
  return redact;

  function redactUrl(url: string, replaceDigits: Redact): string {
    const [, origin = '', path = '', rest = ''] = /^(https?:\/\/[^/?#]*)([^?#]*)(.*)$/i.exec(url) ?? [];
    const host = origin.replace(/\/\/[^@]*@/, '//');
    const segments = path.split('/').map((segment) => (isId(segment) ? token(segment, replaceDigits) : segment));
    const query = rest.replaceAll(
      /=([^&#]*)/g,
      (_, value: string) => `=${value === '' ? '' : token(value, replaceDigits)}`,
    );
    return `${host}${segments.join('/')}${query}`;
  }

  function token(text: string, replaceDigits: Redact): string {
    return /^\d+$/.test(text) ? replaceDigits(text) : replacementOf('token', text, (number) => `id${number}`);
  }
}

/** Ids have digits or are long; other parts of a path are words. */
function isId(segment: string): boolean {
  return segment.length >= 20 || /\d{2}/.test(segment) || segment.includes('@');
}

/** As many other digits. The first stays: it tells countries and kinds of numbers apart. */
function inventDigits(digits: string, number: number): string {
  const invented = String(number)
    .padStart(digits.length - 1, '0')
    .slice(1 - digits.length);
  return digits.length < 2 ? digits : `${digits[0]}${invented}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** The recording with everything personal replaced. */
export function redactRecording(recording: Recording, redact: Redact): Recording {
  const { person, steps } = recording;
  const replaced = <Value>(value: Value): Value => redactValue(value, redact) as Value;
  return {
    ...recording,
    person: {
      ...person,
      ...(person.firstName !== undefined && { firstName: redact(person.firstName) }),
      ...(person.lastName !== undefined && { lastName: redact(person.lastName) }),
    },
    steps: steps.map((step) => {
      const heard = replaced(step.heard);
      return step.does === 'skip'
        ? { ...step, heard }
        : ({ ...step, with: replaced(step.with), heard } as RecordedStep);
    }),
  };
}

function redactValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((one) => redactValue(one, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redactValue(one, redact)]));
}
