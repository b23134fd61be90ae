import type { Sayable } from '../../messenger/outbound/outbound-message.ts';

/** The interface that zod, valibot and other validators share (https://standardschema.dev, version 1). */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => ValidationResult<Output> | Promise<ValidationResult<Output>>;
  };
}

/** A valid value, or what is wrong with it. */
export type ValidationResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** One question of a form. */
export interface Field {
  /** The question; it may carry quick replies. */
  readonly ask: Sayable;
  /** Said after an invalid answer. Default: the schema's own message. */
  readonly retry?: Sayable;
  /** Validates the answer's text. Its output is stored as text. */
  readonly schema: StandardSchema;
  /** Any words are valid, even a greeting: after a long silence a message may then not be an answer. */
  readonly takesAnyWords?: true;
  /** The answer that refuses consent and ends the form. Such a question only asks for consent: its answer is not stored. */
  readonly refusal?: string;
}

/**
 * A question with a validator of your own. A library's schema takes memory in every cached conversation (zod: about
 * 500 KiB), so prefer the built-in fields.
 *
 * @param retry Said after an invalid answer. Default: the schema's own message.
 */
export function field(ask: Sayable, schema: StandardSchema, retry?: Sayable): Field {
  return { ask, schema, ...(retry !== undefined && { retry }) };
}

/** A schema from a function that returns the value, or `undefined` for an invalid answer. */
export function schemaOf<Output>(
  read: (text: string) => Output | undefined,
  complaint: string,
): StandardSchema<Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'everthread',
      validate(value) {
        const output = typeof value === 'string' ? read(value.trim()) : undefined;
        return output === undefined ? { issues: [{ message: complaint }] } : { value: output };
      },
    },
  };
}
