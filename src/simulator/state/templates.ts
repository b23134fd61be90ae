import { isObject, type JsonObject } from '../../messenger/check/json.ts';
import { hasText, idText, valuesAtPath } from '../json.ts';
import { badParameter, type Refusal } from '../rules/refusals.ts';
import type { SimulatorDatabase } from './database.ts';

/** A utility template that Meta approved. The body names its values, `{{order_id}}`, or numbers them, `{{1}}`. */
export interface ApprovedTemplate {
  readonly name: string;
  /** `en_US` when left out. */
  readonly language?: string;
  readonly body: string;
  /** The titles of its postback buttons; at most 3. */
  readonly buttons?: readonly string[];
}

/** The review of a template, in Meta's words; messages are sent from an `APPROVED` one only. */
export const REVIEW_STATUSES = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED'] as const;
/** One of {@link REVIEW_STATUSES}. */
export type ReviewStatus = (typeof REVIEW_STATUSES)[number];

/** Names a template; `language` is `en_US` when left out. */
export type NamedTemplate = Pick<ApprovedTemplate, 'name' | 'language'>;

/** A template that Meta knows. */
export interface KnownTemplate extends Required<ApprovedTemplate> {
  readonly status: ReviewStatus;
}

/** The utility templates that Meta knows, with the status of their review. */
export interface Templates {
  /** Approves a template, or replaces the one of the same name and language. */
  approve(template: ApprovedTemplate): void;
  /** Changes the status of a template; returns `false` when there is none of that name and language. */
  setStatus(name: string, language: string, status: ReviewStatus): boolean;
  find(name: string, language: string): KnownTemplate | undefined;
  all(): KnownTemplate[];
}

interface TemplateRow {
  readonly name: string;
  readonly language: string;
  readonly body: string;
  readonly buttons: string;
  readonly status: ReviewStatus;
}

/** Templates as the database holds them. */
export function createTemplates(database: SimulatorDatabase): Templates {
  const put = database.prepare('INSERT OR REPLACE INTO templates (name, language, body, buttons) VALUES (?, ?, ?, ?)');
  const review = database.prepare('UPDATE templates SET status = ? WHERE name = ? AND language = ?');
  const one = database.prepare<TemplateRow>('SELECT * FROM templates WHERE name = ? AND language = ?');
  const every = database.prepare<TemplateRow>('SELECT * FROM templates ORDER BY name, language');
  return {
    approve: ({ name, language = 'en_US', body, buttons = [] }) =>
      put.run(name, language, body, JSON.stringify(buttons)),
    setStatus(name, language, status) {
      review.run(status, name, language);
      return one.get(name, language) !== undefined;
    },
    find: (name, language) => {
      const row = one.get(name, language);
      return row && toKnownTemplate(row);
    },
    all: () => every.all().map(toKnownTemplate),
  };
}

function toKnownTemplate({ name, language, body, buttons, status }: TemplateRow): KnownTemplate {
  return { name, language, body, buttons: JSON.parse(buttons) as string[], status };
}

/** A utility message with its values filled in, as the person sees it. */
export interface FilledTemplate {
  readonly text: string;
  readonly buttons: readonly { readonly type: 'postback'; readonly title: string; readonly payload: string }[];
}

/** Fills in the values of `message.template`, or returns Meta's refusal. */
export function fillTemplate(templates: Templates, template: JsonObject): FilledTemplate | Refusal {
  const { name, language } = template;
  const code = isObject(language) ? language['code'] : undefined;
  const approved = templates.find(idText(name), idText(code));
  if (!approved) {
    return badParameter(
      `Template ${idText(name)} does not exist in ${idText(code)}, or is not approved`,
      'Register the template first: POST api/templates {"name", "language", "body"}, or call approves(…) in a test.',
    );
  }
  if (approved.status !== 'APPROVED') {
    return badParameter(
      `Template ${approved.name} is not approved: its status is ${approved.status}`,
      'Approve it again: POST api/templates/status {"name", "language", "status": "APPROVED"}.',
    );
  }
  const values = bodyValues(template);
  const placeholders = [...new Set([...approved.body.matchAll(PLACEHOLDER)].map(([, key = '']) => key))];
  const wrong = [
    ...placeholders.filter((key) => !values.has(key)),
    ...[...values.keys()].filter((key) => !placeholders.includes(key)),
  ];
  if (wrong.length > 0) {
    return badParameter(
      `Template ${approved.name} has the parameters {${placeholders.join(', ')}}`,
      `These are missing or too many: ${wrong.join(', ')}.`,
    );
  }
  const payloads = componentParameters(template, 'buttons').map(({ payload }) => idText(payload));
  return {
    text: approved.body.replaceAll(PLACEHOLDER, (_, key: string) => values.get(key) ?? ''),
    buttons: approved.buttons.map((title, index) => ({ type: 'postback', title, payload: payloads[index] ?? title })),
  };
}

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

function bodyValues(template: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    componentParameters(template, 'body').map(({ parameter_name: name, text }, index) => [
      hasText(name) ? name : String(index + 1),
      idText(text),
    ]),
  );
}

function componentParameters(template: JsonObject, type: string): JsonObject[] {
  return valuesAtPath(template, 'components.[]')
    .filter(({ value }) => isObject(value) && value['type'] === type)
    .flatMap(({ value }) => valuesAtPath(value, 'parameters.[]'))
    .flatMap(({ value }) => (isObject(value) ? [value] : []));
}
