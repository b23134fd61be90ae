import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { MetaSide } from '../actors/meta-side.ts';
import type { OtherSpeakers } from '../actors/other-speakers.ts';
import type { PersonSide } from '../actors/person-actions.ts';
import type { RoutingSide } from '../actors/thread-routing.ts';
import { faultSchema } from '../rules/faults.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { World } from '../state/simulator-state.ts';
import { checked, INPUTS } from './control-inputs.ts';
import { stateView } from './state-view.ts';
import { personView, threadView } from './thread-view.ts';

/** All that can be done here: as a person, as the others who speak for the Page, and as its settings. */
export interface Doings extends PersonSide, OtherSpeakers, RoutingSide, MetaSide {
  /** Moves a person's time, and the engine's with it where there is a time machine. */
  skip(psid: string, ms: number): Promise<void>;
}

interface OfPerson {
  readonly Params: { readonly psid: string };
}

/** What the page asks for and does, under `/api`; open to scripts on this machine as well. */
export function controlRoutes(app: FastifyInstance, world: World, doings: Doings): void {
  const { options, people, faults, live } = world;

  app.get('/api/state', () => stateView(world));

  app.post('/api/people', (request, reply) => {
    const { firstName, lastName, ...rest } = checked(INPUTS.person, request.body);
    const wanted = { ...rest, ...(firstName && { firstName }), ...(lastName && { lastName }) };
    const added = doings.addPerson(defined(wanted));
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

  action('messages', INPUTS.text, (id, input) => doings.says(id, input.text));
  action('taps', INPUTS.tap, (id, input) => doings.taps(id, input.title, input.mid));
  action('reactions', INPUTS.reaction, (id, { reaction, mid: on }) =>
    reaction === null ? doings.unreacts(id, on) : doings.reacts(id, reaction, on),
  );
  action('starts', INPUTS.ref, (id, input) => doings.getsStarted(id, input.ref));
  action('links', INPUTS.ref, (id, input) => doings.opensLink(id, input.ref));
  action('ads', INPUTS.ref, (id, input) => doings.clicksAd(id, input.ref));
  action('optins', INPUTS.optin, (id, input) => doings.optsIn(id, input.ref));
  action('reads', INPUTS.nothing, (id) => doings.reads(id));
  action('coupons', INPUTS.coupon, (id, input) => doings.revealsCode(id, input.mid));
  action('ratings', INPUTS.rating, (id, input) => doings.rates(id, input.score, input.words, input.mid));
  action('addresses', INPUTS.address, (id, input) => doings.sendsAddress(id, input));
  action('comments', INPUTS.text, (id, input) => doings.comments(id, input.text));
  action('block', INPUTS.nothing, (id) => doings.blocks(id));
  action('unblock', INPUTS.nothing, (id) => doings.unblocks(id));
  action('inbox', INPUTS.text, (id, input) => doings.answersFromInbox(id, input.text));
  action('other-app', INPUTS.text, (id, input) => doings.answersFromOtherApp(id, input.text));
  action('thread', INPUTS.thread, (id, { owner, ...settings }) => doings.givesThreadTo(id, owner, defined(settings)));
  action('routing-off', INPUTS.nothing, (id) => doings.stopsRouting(id));
  action('media', INPUTS.media, (id, input) => doings.sendsMedia(id, input.type));
  action('redeliveries', INPUTS.redelivery, (id, { count }) => doings.redelivers(id, count));
  action('unavailable', INPUTS.unavailable, (id, { number }) => doings.makesUnavailable(id, number));
  action('time', INPUTS.time, (id, input) => doings.skip(id, input.ms));

  app.get<OfPerson>('/api/people/:psid/broken', async (request) => {
    const { psid: id } = people.get(request.params.psid);
    return (await options.runs?.broken(world.conversationOf(id))) ?? [];
  });
  action('resets', INPUTS.reset, async (id, { workflowId }) => {
    const broken = (await options.runs?.broken(world.conversationOf(id))) ?? [];
    if (!broken.some((run) => run.workflowId === workflowId))
      throw new SimulatorError('bad_input', `"${workflowId}" is no broken workflow of this person.`);
    await options.runs?.reset(workflowId);
  });

  app.get('/api/templates', () => world.templates.all());
  app.post('/api/templates', (request, reply) => {
    const { language, buttons, ...rest } = checked(INPUTS.template, request.body);
    world.templates.approve({ ...rest, ...(language && { language }), ...(buttons && { buttons }) });
    return reply.code(201).send(world.templates.all());
  });

  app.post('/api/deliveries/hold', () => {
    doings.holdsDeliveries();
    return { isHeld: true };
  });
  app.post('/api/deliveries/release', (request) => {
    doings.releasesDeliveries(defined(checked(INPUTS.release, request.body)));
    return { isHeld: false };
  });

  app.post('/api/page', (request) => {
    changePage(doings, checked(INPUTS.page, request.body));
    return { data: world.pages.all().map(({ id, name, isRestricted }) => ({ id, name, isRestricted })) };
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

function changePage(doings: MetaSide, change: z.infer<typeof INPUTS.page>): void {
  switch (change.does) {
    case 'restrict':
      return doings.restrictsPage(change.reason, change.pageId);
    case 'warn':
      return doings.warnsPage(change.reason, change.pageId);
    case 'lift':
      return doings.liftsRestriction(change.pageId);
    case 'unsubscribe_app':
      return doings.unsubscribesApp(change.pageId);
    case 'expire_token':
      return doings.expireToken(change.pageId);
    case 'replace_token':
      return doings.replaceToken(change.token, change.pageId);
    case 'publish_app':
    case 'unpublish_app':
      return doings.setAppLive(change.does === 'publish_app');
  }
}

/** Without the keys that hold `undefined`. */
function defined<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
