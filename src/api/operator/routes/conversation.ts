import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { FoundConversation } from '../../../store/conversations/index.ts';
import type { Note } from '../../../store/notes.ts';
import { requireConversation, requireRole } from '../access/caller.ts';
import { readNow, readTurns } from '../conversation-now.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { conversationPath, problems } from '../schemas/common.ts';
import {
  conversationView,
  MAX_LEADS_OF_PERSON,
  messageList,
  messagesQuery,
  type ConversationView,
} from '../schemas/conversation.ts';
import { turnList } from '../schemas/turns.ts';
import { isoTime, isoTimeOrNull, toFields } from '../views/conversation.ts';
import { toMessageView } from '../views/message.ts';
import { toNoteView } from '../views/note.ts';
import { toPresentViews } from '../views/presence.ts';
import { toTurnViews } from '../views/turns.ts';
import { toVerdictView } from '../views/verdict.ts';

const tags = ['conversations'];
const PLACE = z.tuple([z.int(), z.enum(['said', 'unsent']), z.string()]);

/** One conversation, and what was said in it. */
export const conversationRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, deps) => {
  const { store, clock, policy } = deps;

  app.get(
    '/conversations/:id',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'getConversation',
        summary: 'Read one conversation: the person, who answers, what Meta allows now, and what runs.',
        description: 'Waits up to a second for the workflow of the conversation.',
        tags,
        params: conversationPath,
        response: { 200: conversationView, ...problems },
      },
    },
    async (request) => {
      const found = await requireConversation(request, store, request.params.id);
      const { conversation } = found.contact;
      const [notes, externalIds, leads, present, workflow] = await Promise.all([
        store.notes.list(conversation),
        store.externalIds.list(conversation),
        store.leads.ofPerson(conversation, MAX_LEADS_OF_PERSON),
        store.presence.list([conversation], Date.now()),
        readNow(deps, conversation),
      ]);
      const now = clock.now(conversation);
      return {
        ...toView(found, notes),
        externalIds: externalIds.map(({ linkedAt, ...externalId }) => ({ ...externalId, since: isoTime(linkedAt) })),
        leads: leads.map(({ leadId: id, form, fields, at }) => ({ id, form, fields: { ...fields }, at: isoTime(at) })),
        sequences: workflow.sequences ? [...workflow.sequences] : null,
        progress: workflow.progress ? [...workflow.progress] : null,
        scheduled:
          workflow.scheduled?.map(({ sendId, operator, text, at }) => ({
            id: sendId,
            operator,
            text,
            at: isoTime(at),
          })) ?? null,
        operators: toPresentViews(present),
        missing: workflow.unknown ?? null,
        verdict: {
          bot: toVerdictView(found, 'bot', policy, now),
          operator: toVerdictView(found, 'human', policy, now),
        },
      };
    },
  );

  app.get(
    '/conversations/:id/turns',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listTurns',
        summary: 'Read what the bot did between the messages: which plugin answered what, and which sequences began.',
        description: 'Waits up to a second for the workflow of the conversation.',
        tags,
        params: conversationPath,
        response: { 200: turnList, ...problems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { conversation } = contact;
      const last = await readTurns(deps, conversation);
      if (!last.turns) return { items: [], missing: last.unknown };
      const events = await store.traces.findTurnEvents(last.turns.flatMap((turn) => turn.events));
      const byId = new Map(events.map((event) => [event.inboxId, event]));
      return { items: toTurnViews(conversation, last.turns, byId), missing: null };
    },
  );

  app.get(
    '/conversations/:id/messages',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listMessages',
        summary: 'Read what was said, and which sends did not get there.',
        tags,
        params: conversationPath,
        querystring: messagesQuery,
        response: { 200: messageList, ...problems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { cursor, limit, order } = request.query;
      const place = fromCursor(PLACE, cursor);
      const after = place && { at: place[0], kind: place[1], id: place[2] };
      const lines = await store.conversations.lines(contact.conversation, { after, order, limit: limit + 1 });
      const last = lines.length > limit ? lines[limit - 1] : undefined;
      return {
        items: lines.slice(0, limit).map((line) => toMessageView(line, contact)),
        nextCursor: last ? toCursor([last.at, last.kind, last.id]) : null,
      };
    },
  );
};

function toView(
  { contact, handoff }: FoundConversation,
  notes: readonly Note[],
): Omit<
  ConversationView,
  'externalIds' | 'leads' | 'operators' | 'verdict' | 'sequences' | 'progress' | 'scheduled' | 'missing'
> {
  return {
    ...toFields(contact, handoff, Date.now()),
    contact: {
      psid: contact.psid,
      firstSeenAt: isoTime(contact.firstSeenAt),
      firstName: contact.firstName ?? null,
      lastName: contact.lastName ?? null,
      locale: contact.locale ?? null,
      timeZone: contact.timeZone ?? null,
      lastActionAt: isoTimeOrNull(contact.windowOpenedAt),
      optedOutAt: isoTimeOrNull(contact.optedOutAt),
      unavailableSince: isoTimeOrNull(contact.unavailableSince),
      adWindowUntil: isoTimeOrNull(contact.windowMayLastUntil),
      threadOwner: contact.threadOwner
        ? { app: contact.threadOwner.appId, since: isoTime(contact.threadOwner.since) }
        : null,
      deliveredUntil: isoTimeOrNull(contact.deliveredUntil),
      readUntil: isoTimeOrNull(contact.readUntil),
    },
    notes: notes.map(toNoteView),
  };
}
