import type { Sayable } from '../../messenger/outbound/outbound-message.ts';

/**
 * What a validator of any library looks like from outside: zod, valibot and others have it
 * (https://standardschema.dev, version 1).
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
  };
}

export type Result<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** One question of a form. */
export interface Field {
  /** The question; with quick replies if you like. */
  readonly ask: Sayable;
  /** What is said when an answer does not fit; left out, the schema's own words. */
  readonly retry?: Sayable;
  readonly schema: StandardSchema;
  /** Any words fit, "Hello again" too: after a pause nobody can tell whether they are an answer. */
  readonly takesAnyWords?: true;
  /** The answer that ends the form. Such a question only asks for leave; its answer is not kept among the others. */
  readonly refusal?: string;
}

/** A question with a validator of your own. Schemas of a library weigh memory in every conversation: prefer the built-in ones. */
export function field(ask: Sayable, schema: StandardSchema, retry?: Sayable): Field {
  return { ask, schema, ...(retry !== undefined && { retry }) };
}

/** Makes a schema of a function that gives the value, or `undefined` for an answer that does not fit. */
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
