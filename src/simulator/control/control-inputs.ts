import { z } from 'zod';
import { SimulatorError } from '../simulator-error.ts';
import { REACTION_NAMES } from '../webhook/webhook-items.ts';

const psid = z.string().regex(/^\d{1,20}$/, 'must be digits');
const text = z.string().trim().min(1, 'must not be empty').max(2000, 'must have at most 2000 characters');
const name = z.string().trim().min(1, 'must not be empty').max(50, 'must have at most 50 characters');
const ref = z.string().regex(/^[\w\-=]{1,2083}$/, 'may have letters, digits, - _ = only, as Meta passes them on');
const mid = z.string().min(1);

/** What each of the simulator's own endpoints takes. */
export const INPUTS = {
  person: z.strictObject({
    psid: psid.optional(),
    pageId: psid.optional(),
    firstName: name.optional(),
    lastName: name.optional(),
    locale: z
      .string()
      .regex(/^[a-z]{2}_[A-Z]{2}$/, 'must look like pt_PT')
      .optional(),
    timezone: z.number().min(-12).max(14).optional(),
  }),
  text: z.strictObject({ text }),
  tap: z.strictObject({ title: z.string().min(1, 'must not be empty'), mid: mid.optional() }),
  reaction: z.strictObject({ mid: mid.optional(), reaction: z.enum(REACTION_NAMES).nullable() }),
  ref: z.strictObject({ ref: ref.optional() }),
  optin: z.strictObject({ ref }),
  thread: z.strictObject({
    owner: z.enum(['us', 'other_app', 'page_inbox', 'idle']),
    isDefaultApp: z.boolean().optional(),
    metadata: name.optional(),
  }),
  media: z.strictObject({ type: z.enum(['image', 'video', 'audio', 'file']) }),
  redelivery: z.strictObject({ count: z.int().min(1).max(1000).optional() }),
  release: z.strictObject({
    order: z.enum(['as_happened', 'reversed']).optional(),
    bodies: z.enum(['one_each', 'entries', 'items']).optional(),
    isTwice: z.boolean().optional(),
  }),
  unavailable: z.strictObject({ number: z.enum(['551/1545041', '10/2018108']).optional() }),
  page: z.discriminatedUnion('does', [
    z.strictObject({ does: z.enum(['restrict', 'warn']), reason: text.optional(), pageId: psid.optional() }),
    z.strictObject({ does: z.enum(['lift', 'expire_token', 'unsubscribe_app']), pageId: psid.optional() }),
    z.strictObject({ does: z.literal('replace_token'), token: z.string().min(1), pageId: psid.optional() }),
    z.strictObject({ does: z.enum(['publish_app', 'unpublish_app']) }),
  ]),
  reset: z.strictObject({ workflowId: z.string().min(1) }),
  time: z.strictObject({
    ms: z
      .int()
      .min(1, 'time only moves forward')
      .max(366 * 86_400_000, 'is more than a year'),
  }),
  coupon: z.strictObject({ mid: mid.optional() }),
  rating: z.strictObject({ score: z.int().min(0).max(10), words: text.optional(), mid: mid.optional() }),
  address: z.record(z.string().min(1), z.string().min(1)),
  template: z.strictObject({ name, language: name.optional(), body: text, buttons: z.array(name).max(3).optional() }),
  nothing: z.strictObject({}),
};

/** What came in, or what is wrong with it in one sentence. */
export function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new SimulatorError('bad_input', sentences.join('; '));
}
