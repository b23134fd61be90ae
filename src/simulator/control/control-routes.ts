import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { MetaActions } from '../actors/meta-actions.ts';
import type { OtherSenders } from '../actors/other-senders.ts';
import type { PersonActions } from '../actors/person-actions.ts';
import type { RoutingActions } from '../actors/routing-actions.ts';
import { faultSchema } from '../rules/faults.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { parseInput, INPUT_SCHEMAS } from './control-inputs.ts';
import { stateView } from './state-view.ts';
import { personView, threadView } from './thread-view.ts';

/** All that can be done here: as a person, as the others who speak for the Page, and as its settings. */
export interface ControlActions extends PersonActions, OtherSenders, RoutingActions, MetaActions {
  /** Moves a person's time, and the engine's with it where there is a time machine. */
  skip(psid: string, ms: number): Promise<void>;
}

interface OfPerson {
  readonly Params: { readonly psid: string };
}

/** What the page asks for and does, under `/api`; open to scripts on this machine as well. */
export function controlRoutes(app: FastifyInstance, state: SimulatorState, doings: ControlActions): void {
  const { options, people, faults, live } = state;

  app.get('/api/state', () => stateView(state));

  app.post('/api/people', (request, reply) => {
    const { firstName, lastName, ...rest } = parseInput(INPUT_SCHEMAS.person, request.body);
    const wanted = { ...rest, ...(firstName && { firstName }), ...(lastName && { lastName }) };
    const added = doings.addPerson(withoutUndefined(wanted));
    return reply.code(201).send(personView(state, added));
  });

  app.get<OfPerson>('/api/people/:psid', (request) => threadView(state, request.params.psid));

  /** An action of one person: checks the input, does it, answers with the thread as it is now. */
  function action<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    act: (psid: string, input: z.infer<Schema>) => unknown,
  ): void {
    app.post<OfPerson>(`/api/people/:psid/${path}`, async (request) => {
      const { psid: id } = people.get(request.params.psid);
      await act(id, parseInput(schema, request.body));
      return threadView(state, id);
    });
  }

  action('messages', INPUT_SCHEMAS.text, (id, input) => doings.says(id, input.text));
  action('taps', INPUT_SCHEMAS.tap, (id, input) => doings.taps(id, input.title, input.mid));
  action('reactions', INPUT_SCHEMAS.reaction, (id, { reaction, mid: on }) =>
    reaction === null ? doings.unreacts(id, on) : doings.reacts(id, reaction, on),
  );
  action('starts', INPUT_SCHEMAS.ref, (id, input) => doings.getsStarted(id, input.ref));
  action('links', INPUT_SCHEMAS.ref, (id, input) => doings.opensLink(id, input.ref));
  action('ads', INPUT_SCHEMAS.ref, (id, input) => doings.clicksAd(id, input.ref));
  action('optins', INPUT_SCHEMAS.optin, (id, input) => doings.optsIn(id, input.ref));
  action('reads', INPUT_SCHEMAS.nothing, (id) => doings.reads(id));
  action('coupons', INPUT_SCHEMAS.coupon, (id, input) => doings.revealsCode(id, input.mid));
  action('ratings', INPUT_SCHEMAS.rating, (id, input) => doings.rates(id, input.score, input.words, input.mid));
  action('addresses', INPUT_SCHEMAS.address, (id, input) => doings.sendsAddress(id, input));
  action('comments', INPUT_SCHEMAS.text, (id, input) => doings.comments(id, input.text));
  action('block', INPUT_SCHEMAS.nothing, (id) => doings.blocks(id));
  action('unblock', INPUT_SCHEMAS.nothing, (id) => doings.unblocks(id));
  action('inbox', INPUT_SCHEMAS.text, (id, input) => doings.answersFromInbox(id, input.text));
  action('other-app', INPUT_SCHEMAS.text, (id, input) => doings.answersFromOtherApp(id, input.text));
  action('thread', INPUT_SCHEMAS.thread, (id, { owner, ...settings }) =>
    doings.setThreadOwner(id, owner, withoutUndefined(settings)),
  );
  action('routing-off', INPUT_SCHEMAS.nothing, (id) => doings.turnOffRouting(id));
  action('media', INPUT_SCHEMAS.media, (id, input) => doings.sendsMedia(id, input.type));
  action('redeliveries', INPUT_SCHEMAS.redelivery, (id, { count }) => doings.redeliver(id, count));
  action('unavailable', INPUT_SCHEMAS.unavailable, (id, { number }) => doings.makeUnavailable(id, number));
  action('time', INPUT_SCHEMAS.time, (id, input) => doings.skip(id, input.ms));

  app.get<OfPerson>('/api/people/:psid/broken', async (request) => {
    const { psid: id } = people.get(request.params.psid);
    return (await options.runs?.broken(state.conversationOf(id))) ?? [];
  });
  action('resets', INPUT_SCHEMAS.reset, async (id, { workflowId }) => {
    const broken = (await options.runs?.broken(state.conversationOf(id))) ?? [];
    if (!broken.some((run) => run.workflowId === workflowId))
      throw new SimulatorError('bad_input', `"${workflowId}" is no broken workflow of this person.`);
    await options.runs?.reset(workflowId);
  });

  app.get('/api/templates', () => state.templates.all());
  app.post('/api/templates', (request, reply) => {
    const { language, buttons, ...rest } = parseInput(INPUT_SCHEMAS.template, request.body);
    state.templates.approve({ ...rest, ...(language && { language }), ...(buttons && { buttons }) });
    return reply.code(201).send(state.templates.all());
  });

  app.post('/api/deliveries/hold', () => {
    doings.holdDeliveries();
    return { isHeld: true };
  });
  app.post('/api/deliveries/release', (request) => {
    doings.releaseDeliveries(withoutUndefined(parseInput(INPUT_SCHEMAS.release, request.body)));
    return { isHeld: false };
  });

  app.post('/api/page', (request) => {
    applyPageChange(doings, parseInput(INPUT_SCHEMAS.page, request.body));
    return { data: state.pages.all().map(({ id, name, isRestricted }) => ({ id, name, isRestricted })) };
  });

  app.get('/api/faults', () => faults.pending());
  app.post('/api/faults', (request, reply) => {
    faults.add(parseInput(faultSchema, request.body));
    live.notify();
    return reply.code(201).send(faults.pending());
  });
  app.delete('/api/faults', () => {
    faults.clear();
    live.notify();
    return faults.pending();
  });
}

function applyPageChange(doings: MetaActions, change: z.infer<typeof INPUT_SCHEMAS.page>): void {
  switch (change.does) {
    case 'restrict':
      return doings.restrictPage(change.reason, change.pageId);
    case 'warn':
      return doings.warnPage(change.reason, change.pageId);
    case 'lift':
      return doings.liftRestriction(change.pageId);
    case 'unsubscribe_app':
      return doings.unsubscribeApp(change.pageId);
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
function withoutUndefined<Shape extends object>(
  shape: Shape,
): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: Exclude<Shape[Key], undefined> };
}
