/** Saved replies: who may read, write and use them, and what they become for one person. */

import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { nameKey } from '../../../domain/name-key.ts';
import { seesPage } from '../../../domain/operator.ts';
import { renderReply } from '../../../domain/saved-reply.ts';
import type { SavedReply, SavedReplyFields, SavedReplyPage } from '../../../store/saved-replies.ts';
import { callerOf, pagesOf, requireConversation, requireRole } from '../access/caller.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import {
  renderedReplies,
  renderedRepliesQuery,
  savedRepliesQuery,
  savedReplyBody,
  savedReplyList,
  savedReplyPath,
  savedReplyView,
  type SavedReplyView,
} from '../schemas/saved-replies.ts';

const tags = ['saved replies'];
const PLACE = z.tuple([z.string(), z.string()]);

type ReplyQuery = Omit<SavedReplyPage, 'after'> & { readonly cursor?: string | undefined };

/** Saved replies, and how they look for one person. */
export const savedReplyRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (
  app,
  { store: { savedReplies, ...store } },
) => {
  /** One page of the list, and the cursor of the next one. */
  async function readPage({ cursor, limit, ...which }: ReplyQuery) {
    const place = fromCursor(PLACE, cursor);
    const after = place && { nameKey: place[0], replyId: place[1] };
    const replies = await savedReplies.list({ ...which, after, limit: limit + 1 });
    const last = replies.length > limit ? replies[limit - 1] : undefined;
    return {
      replies: replies.slice(0, limit),
      nextCursor: last ? toCursor([nameKey(last.name), last.replyId]) : null,
    };
  }

  app.get(
    '/saved-replies',
    {
      preValidation: requireRole('agent'),
      schema: {
        operationId: 'listSavedReplies',
        summary: 'List saved replies.',
        tags,
        querystring: savedRepliesQuery,
        response: { 200: savedReplyList, ...problems },
      },
    },
    async (request) => {
      const { page, ...query } = request.query;
      const { replies, nextCursor } = await readPage({ pages: pagesOf(request, page), ...query });
      return { items: replies.map(toView), nextCursor };
    },
  );

  app.post(
    '/saved-replies',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'addSavedReply',
        summary: 'Save a reply.',
        description: 'For all Pages only by an admin of all Pages.',
        tags,
        headers: writeHeaders,
        body: savedReplyBody,
        response: { 201: savedReplyView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const fields = toFields(request.body);
      requirePage(request, fields);
      const saved = await savedReplies.add(fields);
      if (!saved) throw nameTaken(fields);
      return reply.code(201).send(toView(saved));
    },
  );

  app.put(
    '/saved-replies/:replyId',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'changeSavedReply',
        summary: 'Change a saved reply: its name, its Page and its text.',
        tags,
        params: savedReplyPath,
        headers: writeHeaders,
        body: savedReplyBody,
        response: { 200: savedReplyView, ...writeProblems },
      },
    },
    async (request) => {
      const { replyId } = await requireOwn(request, request.params.replyId);
      const fields = toFields(request.body);
      requirePage(request, fields);
      const change = await savedReplies.change(replyId, fields);
      if (change === 'unknown') throw unknownReply();
      if (change === 'name_taken') throw nameTaken(fields);
      return toView({ replyId, ...fields });
    },
  );

  app.delete(
    '/saved-replies/:replyId',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'deleteSavedReply',
        summary: 'Delete a saved reply.',
        tags,
        params: savedReplyPath,
        headers: writeHeaders,
        response: { 204: z.null().describe('It is deleted.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { replyId } = await requireOwn(request, request.params.replyId);
      if (!(await savedReplies.remove(replyId))) throw unknownReply();
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/conversations/:id/saved-replies',
    {
      preValidation: requireRole('agent'),
      schema: {
        operationId: 'previewSavedReplies',
        summary: 'List the saved replies of a conversation, as this person would get them from you.',
        tags,
        params: conversationPath,
        querystring: renderedRepliesQuery,
        response: { 200: renderedReplies, ...problems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { replies, nextCursor } = await readPage({
        pages: [contact.pageId],
        hidesGeneral: true,
        ...request.query,
      });
      const { name: operator } = callerOf(request).operator;
      const items = replies.map(({ name, text: template }) => {
        const { text, missing } = renderReply(template, { ...contact, operator });
        return { name, text: missing.length > 0 ? null : text, missing: [...missing] };
      });
      return { items, nextCursor };
    },
  );

  /** The reply, if its Page is one of the operator's. One of all Pages is for operators of all Pages to change. */
  async function requireOwn(request: FastifyRequest, replyId: string): Promise<SavedReply> {
    const reply = await savedReplies.find(replyId);
    const { operator } = callerOf(request);
    if (!reply || (reply.pageId !== undefined && !seesPage(operator, reply.pageId))) throw unknownReply();
    requirePage(request, reply);
    return reply;
  }
};

/** @throws `Problem` when the operator may not write replies for this Page, or for all. */
function requirePage(request: FastifyRequest, { pageId }: Pick<SavedReplyFields, 'pageId'>): void {
  const { operator } = callerOf(request);
  if (pageId === undefined && operator.pages !== undefined)
    throw new Problem('role_missing', { detail: 'The reply is for all Pages, and you see only some. Name a `page`.' });
  if (pageId !== undefined && !seesPage(operator, pageId))
    throw new Problem('not_found', { detail: `Page ${pageId} is not one of your Pages.` });
}

function unknownReply(): Problem {
  return new Problem('not_found', { detail: 'There is no such saved reply on your Pages.' });
}

function nameTaken({ name, pageId }: SavedReplyFields): Problem {
  const where = pageId === undefined ? 'all Pages' : `Page ${pageId}`;
  return new Problem('saved_reply_exists', { detail: `A saved reply for ${where} has the name "${name}".` });
}

function toFields({ name, page, text }: z.output<typeof savedReplyBody>): SavedReplyFields {
  return { name, text, ...(typeof page === 'string' && { pageId: page }) };
}

function toView({ replyId: id, name, pageId, text }: SavedReply): SavedReplyView {
  return { id, name, page: pageId ?? null, text };
}
