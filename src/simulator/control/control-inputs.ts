import { z } from 'zod';
import { SimulatorError } from '../simulator-error.ts';
import { REVIEW_STATUSES } from '../state/templates.ts';
import { REACTION_NAMES } from '../webhook/webhook-items.ts';

const psidSchema = z.string().regex(/^\d{1,20}$/, 'must be digits');
const textSchema = z.string().trim().min(1, 'must not be empty').max(2000, 'must have at most 2000 characters');
const nameSchema = z.string().trim().min(1, 'must not be empty').max(50, 'must have at most 50 characters');
const refSchema = z.string().regex(/^[\w\-=]{1,2083}$/, 'may have letters, digits, - _ = only, as Meta passes them on');
const forwardMsSchema = z
  .int()
  .min(1, 'time only moves forward')
  .max(366 * 86_400_000, 'is more than a year');
const midSchema = z.string().min(1);

/** The input of each endpoint of the control API. */
export const INPUT_SCHEMAS = {
  person: z.strictObject({
    psid: psidSchema.optional(),
    pageId: psidSchema.optional(),
    firstName: nameSchema.optional(),
    lastName: nameSchema.optional(),
    locale: z
      .string()
      .regex(/^[a-z]{2}_[A-Z]{2}$/, 'must look like pt_PT')
      .optional(),
    timezone: z.number().min(-12).max(14).optional(),
  }),
  text: z.strictObject({ text: textSchema }),
  message: z.strictObject({ text: textSchema, replyTo: midSchema.optional() }),
  edit: z.strictObject({ text: textSchema, mid: midSchema.optional() }),
  unsend: z.strictObject({ mid: midSchema.optional() }),
  sticker: z.strictObject({
    stickerId: z
      .string()
      .regex(/^\d{1,16}$/, 'must be digits')
      .optional(),
  }),
  location: z.strictObject({ lat: z.number().min(-90).max(90), long: z.number().min(-180).max(180) }),
  menu: z.strictObject({ title: z.string().min(1, 'must not be empty') }),
  file: z.strictObject({
    type: z.enum(['image', 'video', 'audio', 'file']),
    contentType: z.string().max(200),
    content: z.base64(),
  }),
  tap: z.strictObject({ title: z.string().min(1, 'must not be empty'), mid: midSchema.optional() }),
  reaction: z.strictObject({ mid: midSchema.optional(), reaction: z.enum(REACTION_NAMES).nullable() }),
  ref: z.strictObject({ ref: refSchema.optional() }),
  optin: z.strictObject({ ref: refSchema }),
  thread: z.strictObject({
    owner: z.enum(['us', 'other_app', 'page_inbox', 'idle']),
    isDefaultApp: z.boolean().optional(),
    metadata: nameSchema.optional(),
  }),
  media: z.strictObject({ type: z.enum(['image', 'video', 'audio', 'file']) }),
  delivery: z.strictObject({ body: z.string().min(2).max(1_000_000).optional() }),
  redelivery: z.strictObject({ count: z.int().min(1).max(1000).optional() }),
  release: z.strictObject({
    order: z.enum(['as_happened', 'reversed']).optional(),
    bodies: z.enum(['one_each', 'entries', 'items']).optional(),
    isTwice: z.boolean().optional(),
  }),
  unavailable: z.strictObject({ number: z.enum(['551/1545041', '10/2018108']).optional() }),
  page: z.discriminatedUnion('does', [
    z.strictObject({
      does: z.enum(['restrict', 'warn']),
      reason: textSchema.optional(),
      pageId: psidSchema.optional(),
    }),
    z.strictObject({ does: z.enum(['lift', 'expire_token', 'unsubscribe_app']), pageId: psidSchema.optional() }),
    z.strictObject({ does: z.literal('replace_token'), token: z.string().min(1), pageId: psidSchema.optional() }),
    z.strictObject({ does: z.enum(['publish_app', 'unpublish_app']) }),
  ]),
  reset: z.strictObject({ workflowId: z.string().min(1) }),
  ms: forwardMsSchema,
  /** By so many ms, or to a time of the person's clock, epoch ms. */
  time: z
    .strictObject({ ms: forwardMsSchema.optional(), until: z.int().optional() })
    .refine(({ ms, until }) => (ms === undefined) !== (until === undefined), 'needs either ms or until'),
  coupon: z.strictObject({ mid: midSchema.optional() }),
  rating: z.strictObject({ score: z.int().min(0).max(10), words: textSchema.optional(), mid: midSchema.optional() }),
  address: z.record(z.string().min(1), z.string().min(1)),
  template: z.strictObject({
    name: nameSchema,
    language: nameSchema.optional(),
    body: textSchema,
    buttons: z.array(nameSchema).max(3).optional(),
  }),
  templateStatus: z.strictObject({
    name: nameSchema,
    language: nameSchema.optional(),
    status: z.enum(REVIEW_STATUSES),
  }),
  nothing: z.strictObject({}),
};

/** The input, if it fits its schema; throws a `SimulatorError` that names every problem. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new SimulatorError('bad_input', sentences.join('; '));
}

/** The properties that are not `undefined`. */
export function withoutUndefined<Shape extends object>(
  shape: Shape,
): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
