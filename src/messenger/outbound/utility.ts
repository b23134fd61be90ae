import { isObject } from '../check/json.ts';
import { requireChoice, requireObject, requireList, requireText, readOptional } from '../check/require.ts';

/** A transactional message from a template that Meta approved, which may be sent outside the window. */
export interface UtilityMessage {
  readonly template: UtilityTemplate;
}

/** The template of a {@link UtilityMessage}, in Meta's words. */
export interface UtilityTemplate {
  readonly name: string;
  readonly language: { readonly code: string };
  readonly components?: readonly UtilityComponent[];
}

/** A template's name and language, under which Meta knows it on a Page. */
export interface TemplateKey {
  readonly name: string;
  readonly language: string;
}

/** A template with its status in Meta's words: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, … */
export interface TemplateStatus extends TemplateKey {
  readonly status: string;
}

const COMPONENT_TYPES = ['header', 'body', 'buttons'] as const;
const PARAMETER_TYPES = ['text', 'image', 'POSTBACK', 'URL'] as const;

interface UtilityComponent {
  readonly type: (typeof COMPONENT_TYPES)[number];
  readonly parameters: readonly UtilityParameter[];
}

interface UtilityParameter {
  readonly type: (typeof PARAMETER_TYPES)[number];
  /** For templates whose parameters have names; otherwise their order counts. */
  readonly parameter_name?: string;
  readonly text?: string;
  readonly payload?: string;
}

/** The values of a template's parameters, by name or in their order. */
export type UtilityParameters = Readonly<Record<string, string | number>> | readonly (string | number)[];

/** The options of {@link utility}. */
export interface UtilityOptions {
  /** The locale in which the template was approved. Default: `en_US`. */
  readonly language?: string;
  /** The payloads of the template's postback buttons, in their order. Default: none. */
  readonly payloads?: readonly string[];
}

/**
 * A message from a template that Meta approved: about an order, an appointment or an account, never promotion. It may be
 * sent outside the 24-hour window. The Page needs the permission `page_utility_messaging`. Meta,
 * send-messages/utility-messages, 2026-03-13.
 *
 * @throws BotError `text_empty`, `wrong_number_of_items` or `message_invalid`.
 * @example
 * utility('order_shipped', { order_id: 'A-77', day: 'Friday' }, { language: 'pt_PT' })
 */
export function utility(
  name: string,
  parameters: UtilityParameters = {},
  { language = 'en_US', payloads = [] }: UtilityOptions = {},
): UtilityMessage {
  const filled = Array.isArray(parameters)
    ? parameters.map(textParameter)
    : Object.entries(parameters).map(namedParameter);
  const body = { type: 'body', parameters: filled };
  const buttons = { type: 'buttons', parameters: payloads.map((payload) => ({ type: 'POSTBACK', payload })) };
  const components = [body, buttons].filter((component) => component.parameters.length > 0);
  return requireUtility({
    template: { name, language: { code: language }, ...(components.length > 0 && { components }) },
  });
}

function textParameter(value: unknown): object {
  return { type: 'text', text: typeof value === 'number' ? String(value) : value };
}

function namedParameter([name, value]: readonly [string, unknown]): object {
  return { parameter_name: name, ...textParameter(value) };
}

/** A utility message, whether built or written by hand. */
export function requireUtility(value: unknown): UtilityMessage {
  const message = requireObject('A utility message', value, ['template'], UTILITY_CURE);
  const template = requireObject(
    'A utility message',
    message['template'],
    ['name', 'language', 'components'],
    UTILITY_CURE,
  );
  const language = requireObject('The language of a template', template['language'], ['code'], UTILITY_CURE);
  return {
    template: {
      name: requireText('The name of a template', template['name']),
      language: { code: requireText('The language of a template', language['code']) },
      ...readOptional(template, 'components', (list) =>
        requireList('The components of a template', list, 1, COMPONENT_TYPES.length).map(requireComponent),
      ),
    },
  };
}

const UTILITY_CURE = 'Use utility(…)';

function requireComponent(value: unknown): UtilityComponent {
  const component = requireObject('A component of a template', value, ['type', 'parameters'], UTILITY_CURE);
  return {
    type: requireChoice('The type of a component', component['type'], COMPONENT_TYPES),
    parameters: requireList('The parameters of a template', component['parameters'], 1, Infinity).map(requireParameter),
  };
}

function requireParameter(value: unknown): UtilityParameter {
  const keys = ['type', 'parameter_name', 'text', 'payload'];
  const parameter = requireObject('A parameter of a template', value, keys, UTILITY_CURE);
  const type = requireChoice('The type of a parameter', parameter['type'], PARAMETER_TYPES);
  const name = parameter['parameter_name'];
  const subject = typeof name === 'string' ? `The parameter ${name.slice(0, 40)}` : 'A parameter';
  return {
    type,
    ...readOptional(parameter, 'parameter_name', (text) => requireText('The name of a parameter', text)),
    ...(type === 'text' && { text: requireText(subject, parameter['text']) }),
    ...(type !== 'text' && { payload: requireText(subject, parameter['payload']) }),
  };
}

/** True for a message of Meta's class UTILITY. */
export function isUtility(message: object): message is UtilityMessage {
  return isObject(message) && 'template' in message;
}

/** The template that a message is made from; `undefined` for a message without one. */
export function templateKeyOf(message: object): TemplateKey | undefined {
  if (!isUtility(message)) return undefined;
  const { name, language } = message.template;
  return { name, language: language.code };
}
