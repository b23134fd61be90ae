import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import { windowClosesAt } from '../../../policy/messaging-window.ts';
import type { ConversationFilter } from '../../../store/conversations/filter.ts';
import { pagesOf, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problemResponse, problems } from '../schemas/common.ts';
import { conversationList, conversationsQuery } from '../schemas/conversations.ts';
import { toSummary } from '../views/conversation.ts';

const PLACE = z.tuple([z.boolean(), z.int(), z.string()]);

/** The list of conversations. */
export const conversationListRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/conversations',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listConversations',
        summary: 'List conversations, those who wait longest first.',
        tags: ['conversations'],
        querystring: conversationsQuery,
        response: {
          200: conversationList,
          ...problems,
          409: problemResponse('Names and messages are encrypted, and the search is no id.'),
        },
      },
    },
    async (request) => {
      const { cursor, limit, page, unread, operator, snoozed, windowClosingWithin, ...others } = request.query;
      const { since, until, activeOn, ...query } = others;
      if (store.encryption.isOn && query.search !== undefined) requireId(query.search);
      const place = fromCursor(PLACE, cursor);
      const now = Date.now();
      const filter: ConversationFilter = {
        ...query,
        pages: pagesOf(request, page),
        isUnread: unread,
        heldBy: operator,
        isSnoozed: snoozed,
        lastActionBetween: { from: toTime(since), to: toTime(until) },
        wroteBetween: activeOn === undefined ? undefined : dayOf(activeOn),
        windowOpenedBetween: windowClosingWithin === undefined ? undefined : openedBetween(windowClosingWithin, now),
      };
      const after = place && { isWaiting: place[0], at: place[1], conversation: place[2] as ConversationId };
      const rows = await store.conversations.list(filter, { after, limit: limit + 1, now });
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1)?.place : undefined;
      return {
        items: items.map((item) => toSummary(item, now)),
        nextCursor: last ? toCursor([last.isWaiting, last.at, last.conversation]) : null,
      };
    },
  );
};

/** Encrypted names and messages cannot be searched, and an empty list would say that there is nobody. */
function requireId(search: string): void {
  if (/^\d{5,}$/.test(search) || conversationParts(search)) return;
  throw new Problem('search_encrypted');
}

function toTime(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/** From the beginning of a day to that of the next one, UTC. */
function dayOf(date: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(date);
  return { from, to: from + DAY_MS };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When windows opened that close within so many minutes. */
function openedBetween(minutes: number, now: number): { readonly from: number; readonly to: number } {
  const lengthMs = windowClosesAt(0);
  return { from: now - lengthMs, to: now - lengthMs + minutes * MINUTE_MS };
}
