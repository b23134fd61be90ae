import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { faultSchema } from './faults.ts';
import { answerFromInbox } from './page-side.ts';
import type { PersonSide } from './person-side.ts';
import { SimulatorError } from './simulator-error.ts';
import { personView, threadView } from './thread-view.ts';
import { REACTION_NAMES } from './webhook-items.ts';
import type { World } from './world.ts';

const psid = z.string().regex(/^\d{1,20}$/, 'must be digits');
const text = z.string().trim().min(1, 'must not be empty').max(2000, 'must have at most 2000 characters');
const name = z.string().trim().min(1, 'must not be empty').max(50, 'must have at most 50 characters');
const ref = z.string().regex(/^[\w\-=]{1,2083}$/, 'may have letters, digits, - _ = only, as Meta passes them on');
const mid = z.string().min(1);

const INPUTS = {
  person: z.strictObject({
    psid: psid.optional(),
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

interface OfPerson {
  readonly Params: { readonly psid: string };
}

/** What the page asks for and does, under `/api`; open to scripts on this machine as well. */
export function controlRoutes(app: FastifyInstance, world: World, person: PersonSide, skip: Skip): void {
  const { options, people, faults, live } = world;

  app.get('/api/state', () => ({
    pageId: options.pageId,
    pageName: options.pageName ?? 'Your Page',
    graphVersion: options.graphVersion,
    webhookUrl: options.webhookUrl,
    movesEngine: options.timeMachine !== undefined,
    people: people.all().map((one) => personView(world, one)),
    faults: faults.pending(),
  }));

  app.post('/api/people', (request, reply) => {
    const { firstName, lastName, ...rest } = checked(INPUTS.person, request.body);
    const wanted = { ...rest, ...(firstName && { firstName }), ...(lastName && { lastName }) };
    const added = person.addPerson(defined(wanted));
    return reply.code(201).send(personView(world, added));
  });

  app.get<OfPerson>('/api/people/:psid', (request) => threadView(world, request.params.psid));

  /** An action of one person: checks the input, does it, answers with the thread as it is now. */
  function action<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    act: (psid: string, input: z.infer<Schema>) => unknown,
  ): void {
    app.post<OfPerson>(`/api/people/:psid/${path}`, async (request) => {
      const { psid: id } = people.get(request.params.psid);
      await act(id, checked(schema, request.body));
      return threadView(world, id);
    });
  }

  action('messages', INPUTS.text, (id, input) => person.says(id, input.text));
  action('taps', INPUTS.tap, (id, input) => person.taps(id, input.title, input.mid));
  action('reactions', INPUTS.reaction, (id, { reaction, mid: on }) =>
    reaction === null ? person.unreacts(id, on) : person.reacts(id, reaction, on),
  );
  action('starts', INPUTS.ref, (id, input) => person.getsStarted(id, input.ref));
  action('links', INPUTS.ref, (id, input) => person.opensLink(id, input.ref));
  action('ads', INPUTS.ref, (id, input) => person.clicksAd(id, input.ref));
  action('optins', INPUTS.optin, (id, input) => person.optsIn(id, input.ref));
  action('reads', INPUTS.nothing, (id) => person.reads(id));
  action('coupons', INPUTS.coupon, (id, input) => person.revealsCode(id, input.mid));
  action('ratings', INPUTS.rating, (id, input) => person.rates(id, input.score, input.words, input.mid));
  action('addresses', INPUTS.address, (id, input) => person.sendsAddress(id, input));
  action('comments', INPUTS.text, (id, input) => person.comments(id, input.text));
  action('block', INPUTS.nothing, (id) => person.blocks(id));
  action('unblock', INPUTS.nothing, (id) => person.unblocks(id));
  action('inbox', INPUTS.text, (id, input) => answerFromInbox(world, id, input.text));
  action('time', INPUTS.time, (id, input) => skip(id, input.ms));

  app.get('/api/templates', () => world.templates.all());
  app.post('/api/templates', (request, reply) => {
    const { language, buttons, ...rest } = checked(INPUTS.template, request.body);
    world.templates.approve({ ...rest, ...(language && { language }), ...(buttons && { buttons }) });
    return reply.code(201).send(world.templates.all());
  });

  app.get('/api/faults', () => faults.pending());
  app.post('/api/faults', (request, reply) => {
    faults.add(checked(faultSchema, request.body));
    live.changed();
    return reply.code(201).send(faults.pending());
  });
  app.delete('/api/faults', () => {
    faults.clear();
    live.changed();
    return faults.pending();
  });
}

/** Moves a person's time, and the engine's with it where there is a time machine. */
export type Skip = (psid: string, ms: number) => Promise<void>;

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new SimulatorError('bad_input', sentences.join('; '));
}

/** Without the keys that hold `undefined`. */
function defined<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
