import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { MetaActions } from '../actors/meta-actions.ts';
import type { OtherSenders } from '../actors/other-senders.ts';
import type { PersonActions } from '../actors/person-actions.ts';
import type { RoutingActions } from '../actors/routing-actions.ts';
import type { BrokenWorkflow } from '../options.ts';
import { MAX_FILE_BYTES } from '../rules/limits.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { INPUT_SCHEMAS, parseInput, withoutUndefined } from './control-inputs.ts';
import { personView, threadView } from './thread-view.ts';

/** All actions of the control API: of people, of other senders, of the Page's settings and of Meta. */
export interface ControlActions extends PersonActions, OtherSenders, RoutingActions, MetaActions {
  /** Moves a person's clock forward, and Temporal's timers with it where there is a time machine. */
  skip(psid: string, ms: number): Promise<void>;
}

interface PersonPath {
  readonly Params: { readonly psid: string };
}

/** Checks the input, acts for one person, and answers with the thread as it is then. */
type AddAction = <Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  act: (psid: string, input: z.infer<Schema>) => unknown,
) => void;

/** `/api/people`: people, their threads, and every action of and around one person. */
export function personRoutes(app: FastifyInstance, state: SimulatorState, actions: ControlActions): void {
  app.post('/api/people', (request, reply) => {
    const { firstName, lastName, ...rest } = parseInput(INPUT_SCHEMAS.person, request.body);
    const profile = { ...rest, ...(firstName && { firstName }), ...(lastName && { lastName }) };
    const added = actions.addPerson(withoutUndefined(profile));
    return reply.code(201).send(personView(state, added));
  });

  const endInBot = (psid: string) => state.options.inspector?.end(state.conversationOf(psid));
  app.delete<PersonPath>('/api/people/:psid', async (request) => {
    const { psid } = state.people.get(request.params.psid);
    await endInBot(psid);
    actions.removePerson(psid);
    return { removed: 1 };
  });
  app.delete('/api/people', async () => {
    const everybody = state.people.all();
    for (const { psid } of everybody) {
      await endInBot(psid);
      actions.removePerson(psid);
    }
    return { removed: everybody.length };
  });
  app.post<PersonPath>('/api/people/:psid/restarts', async (request, reply) => {
    const { psid } = state.people.get(request.params.psid);
    await endInBot(psid);
    return reply.code(201).send(personView(state, actions.restarts(psid)));
  });

  app.get<PersonPath>('/api/people/:psid', (request) => threadView(state, request.params.psid));

  const add: AddAction = (path, schema, act) => {
    app.post<PersonPath>(`/api/people/:psid/${path}`, async (request) => {
      const { psid } = state.people.get(request.params.psid);
      await act(psid, parseInput(schema, request.body));
      return threadView(state, psid);
    });
  };
  addPersonActions(add, actions);
  addSurroundingActions(add, actions, (psid) => state.now(psid));
  workflowRoutes(app, add, state);
  fileRoute(app, state, actions);
}

/** What the person does. */
function addPersonActions(add: AddAction, actions: ControlActions): void {
  const schemas = INPUT_SCHEMAS;
  add('messages', schemas.message, (psid, { text, replyTo }) => actions.says(psid, text, replyTo));
  add('edits', schemas.edit, (psid, { text, mid }) => actions.edits(psid, text, mid));
  add('unsends', schemas.unsend, (psid, { mid }) => actions.unsends(psid, mid));
  add('stickers', schemas.sticker, (psid, { stickerId }) => actions.sendsSticker(psid, stickerId));
  add('locations', schemas.location, (psid, { lat, long }) => actions.sendsLocation(psid, lat, long));
  add('menu', schemas.menu, (psid, { title }) => actions.choosesFromMenu(psid, title));
  add('taps', schemas.tap, (psid, { title, mid }) => actions.taps(psid, title, mid));
  add('reactions', schemas.reaction, (psid, { reaction, mid }) =>
    reaction === null ? actions.unreacts(psid, mid) : actions.reacts(psid, reaction, mid),
  );
  add('starts', schemas.ref, (psid, { ref }) => actions.getsStarted(psid, ref));
  add('links', schemas.ref, (psid, { ref }) => actions.opensLink(psid, ref));
  add('ads', schemas.ref, (psid, { ref }) => actions.clicksAd(psid, ref));
  add('optins', schemas.optin, (psid, { ref }) => actions.optsIn(psid, ref));
  add('reads', schemas.nothing, (psid) => actions.reads(psid));
  add('coupons', schemas.coupon, (psid, { mid }) => actions.revealsCode(psid, mid));
  add('ratings', schemas.rating, (psid, { score, words, mid }) => actions.rates(psid, score, words, mid));
  add('addresses', schemas.address, (psid, address) => actions.sendsAddress(psid, address));
  add('comments', schemas.text, (psid, { text }) => actions.comments(psid, text));
  add('media', schemas.media, (psid, { type }) => actions.sendsMedia(psid, type));
  add('block', schemas.nothing, (psid) => actions.blocks(psid));
  add('unblock', schemas.nothing, (psid) => actions.unblocks(psid));
}

/** What others do in the person's thread, and what happens to the person. */
function addSurroundingActions(add: AddAction, actions: ControlActions, now: (psid: string) => number): void {
  const schemas = INPUT_SCHEMAS;
  add('inbox', schemas.text, (psid, { text }) => actions.answersFromInbox(psid, text));
  add('native-app', schemas.text, (psid, { text }) => actions.answersFromNativeApp(psid, text));
  add('other-app', schemas.text, (psid, { text }) => actions.answersFromOtherApp(psid, text));
  add('thread', schemas.thread, (psid, { owner, ...settings }) =>
    actions.setThreadOwner(psid, owner, withoutUndefined(settings)),
  );
  add('routing-off', schemas.nothing, (psid) => actions.turnOffRouting(psid));
  add('redeliveries', schemas.redelivery, (psid, { count }) => actions.redeliver(psid, count));
  add('unavailable', schemas.unavailable, (psid, { number }) => actions.makeUnavailable(psid, number));
  add('time', schemas.time, (psid, { ms, until = 0 }) =>
    actions.skip(psid, ms ?? parseInput(schemas.ms, until - now(psid))),
  );
}

/** The person's workflows that cannot go on, and their reset. */
function workflowRoutes(app: FastifyInstance, add: AddAction, state: SimulatorState): void {
  const { runs } = state.options;
  const listBroken = async (psid: string): Promise<readonly BrokenWorkflow[]> =>
    (await runs?.broken(state.conversationOf(psid))) ?? [];

  app.get<PersonPath>('/api/people/:psid/broken', (request) => {
    const { psid } = state.people.get(request.params.psid);
    return listBroken(psid);
  });
  add('resets', INPUT_SCHEMAS.reset, async (psid, { workflowId }) => {
    const broken = await listBroken(psid);
    if (!broken.some((run) => run.workflowId === workflowId)) {
      throw new SimulatorError('bad_input', `"${workflowId}" is not a broken workflow of this person.`);
    }
    await runs?.reset(workflowId);
  });
}

/** A file of the person, as base64: it is stored where the page and the bot can fetch it. */
function fileRoute(app: FastifyInstance, state: SimulatorState, actions: ControlActions): void {
  app.post<PersonPath>('/api/people/:psid/files', { bodyLimit: MAX_FILE_BODY_BYTES }, (request) => {
    const { psid } = state.people.get(request.params.psid);
    const { type, contentType, content: text } = parseInput(INPUT_SCHEMAS.file, request.body);
    const content = Buffer.from(text, 'base64');
    const id = state.attachments.add({ type, content, contentType, at: Date.now() });
    actions.sendsMedia(psid, type, `http://${request.host}${app.prefix}/attachments/${id}`);
    return threadView(state, psid);
  });
}

/** A file of Meta's limit as base64. */
const MAX_FILE_BODY_BYTES = Math.ceil((MAX_FILE_BYTES * 4) / 3) + 1024;
