import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, requireConversation, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { noteBody, noteList, notePath, noteView } from '../schemas/conversation.ts';
import { toNoteView } from '../views/note.ts';

const tags = ['conversations'];

/** Notes about a person. */
export const noteRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/conversations/:id/notes',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listNotes',
        summary: 'Read the notes about a person.',
        tags,
        params: conversationPath,
        response: { 200: noteList, ...problems },
      },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      return { items: (await store.notes.list(contact.conversation)).map(toNoteView) };
    },
  );

  app.post(
    '/conversations/:id/notes',
    {
      preValidation: requireRole('agent'),
      schema: {
        operationId: 'addNote',
        summary: 'Write a note about a person; it is never sent.',
        tags,
        params: conversationPath,
        headers: writeHeaders,
        body: noteBody,
        response: { 201: noteView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { name: operator } = callerOf(request).operator;
      const note = { operator, text: request.body.text, at: Date.now() };
      reply.code(201);
      return toNoteView(await store.notes.add(contact.conversation, note));
    },
  );

  app.delete(
    '/conversations/:id/notes/:noteId',
    {
      preValidation: requireRole('agent'),
      schema: {
        operationId: 'deleteNote',
        summary: 'Delete a note.',
        tags,
        params: notePath,
        headers: writeHeaders,
        response: { 204: z.null().describe('It is deleted.'), ...writeProblems },
      },
    },
    async (request, reply) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      if (!(await store.notes.remove(contact.conversation, request.params.noteId)))
        throw new Problem('not_found', { detail: 'The person has no such note.' });
      return reply.code(204).send(null);
    },
  );
};
