import { z } from 'zod';
import { MAX_OPERATOR_NAME_CHARS } from '../../../domain/operator.ts';
import { pageId, role, time } from './common.ts';

/** Which operators to list. */
export const operatorsQuery = z.strictObject({
  page: pageId.optional().describe('Only operators who see this Page.'),
});

const name = z.string().describe('The name of the operator.');
const pages = z.array(pageId).nullable().describe('The Pages whose conversations they see; null: all.');

/** An operator. */
export const operatorView = z
  .object({
    name,
    role,
    disabled: z.boolean().describe('Whether they are refused; nothing can be assigned to them.'),
    account: z
      .object({
        pages,
        createdAt: time.describe('When they were added.'),
        disabledAt: time.nullable().describe('When they were disabled; null: they are not.'),
        lastSeenAt: time
          .nullable()
          .describe(
            'When they last used a session that is open, to a quarter of an hour, or a token, to the day; null: neither is known.',
          ),
        hasPassword: z
          .boolean()
          .describe('Whether they can log in with a password; `false`: tokens alone let them in.'),
      })
      .nullable()
      .describe('For admins of all Pages; null for others.'),
  })
  .meta({ id: 'Operator', description: 'A person or a program of the business that may use the operator API.' });
/** An operator, as the caller may see them. */
export type OperatorView = z.output<typeof operatorView>;

/** The operators. */
export const operatorList = z
  .object({ items: z.array(operatorView).describe('The operators by name, disabled ones included.') })
  .meta({
    id: 'OperatorList',
    description: 'Those who may use the operator API, as far as they share a Page with you.',
  });

/** An operator to add. */
export const operatorBody = z.strictObject({
  name: z
    .string()
    .max(200)
    .describe(
      `1 to ${MAX_OPERATOR_NAME_CHARS} letters, digits, \`.\`, \`_\`, \`-\` and single spaces; unique in any case.`,
    ),
  role,
  pages: z.array(pageId).min(1).max(1000).optional().describe('The Pages that they see. Default: all.'),
  password: z
    .string()
    .max(1000)
    .optional()
    .describe('12 to 256 characters. Default: none, so that tokens alone let them in.'),
});

/** The name in the path of one operator. */
export const operatorPath = z.object({
  name: z.string().min(1).max(200).describe('The name of the operator, in any case, percent-encoded.'),
});

/** The path of one token. */
export const operatorTokenPath = operatorPath.extend({
  prefix: z.string().min(1).max(100).describe('The first characters of the token, as the list has them.'),
});

/** The tokens of an operator. */
export const operatorTokenList = z
  .object({
    items: z
      .array(
        z.object({
          prefix: z.string().describe('The first characters of the token.'),
          createdAt: time.describe('When it was made.'),
          lastUsedOn: time
            .nullable()
            .describe('The beginning of the day on which it was last used; null: it never was.'),
        }),
      )
      .describe('The tokens, oldest first.'),
  })
  .meta({ id: 'OperatorTokenList', description: 'The tokens of an operator, by their first characters.' });

/** A new token. */
export const operatorToken = z
  .object({ token: z.string().describe('The token, told this once: the store has only its hash.') })
  .meta({ id: 'OperatorToken', description: 'A new token of an operator.' });
