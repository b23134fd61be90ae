import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import { MAX_TAGS, type TagChange } from '../../../domain/tags.ts';
import { requireConversation, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, writeHeaders, writeProblems } from '../schemas/common.ts';
import { tagList, tagPath } from '../schemas/conversation.ts';

const tags = ['conversations'];

/** What an operator changes of a person, without a message: tags and opt-out. */
export const personRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, clock, workflows }) => {
  const tagSchema = { tags, params: tagPath, headers: writeHeaders, response: { 200: tagList, ...writeProblems } };

  app.put(
    '/conversations/:id/tags/:tag',
    {
      preValidation: requireRole('agent'),
      schema: { operationId: 'addTag', summary: 'Add a tag to a person.', ...tagSchema },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      const { tag } = request.params;
      const { tags: before = [] } = contact;
      if (before.length >= MAX_TAGS && !before.includes(tag))
        throw new Problem('tag_limit_reached', { detail: `The person has ${MAX_TAGS} tags.` });
      return changeTags(contact.conversation, { add: [tag], remove: [] });
    },
  );

  app.delete(
    '/conversations/:id/tags/:tag',
    {
      preValidation: requireRole('agent'),
      schema: { operationId: 'removeTag', summary: 'Remove a tag from a person.', ...tagSchema },
    },
    async (request) => {
      const { contact } = await requireConversation(request, store, request.params.id);
      return changeTags(contact.conversation, { add: [], remove: [request.params.tag] });
    },
  );

  /** As a sequence does: in the store, then in the conversation while that is open. Doing both again changes nothing. */
  async function changeTags(conversation: ConversationId, change: TagChange) {
    const changed = await store.contacts.changeTags(conversation, change);
    await workflows.tagsChanged(conversation, change);
    return { tags: [...changed] };
  }

  for (const { path, signal, operationId, summary } of OPT_SIGNALS) {
    app.post(
      `/conversations/:id/${path}`,
      {
        preValidation: requireRole('agent'),
        schema: {
          operationId,
          summary,
          tags,
          params: conversationPath,
          headers: writeHeaders,
          response: { 204: z.null().describe('It is recorded.'), ...writeProblems },
        },
      },
      async (request, reply) => {
        const { contact } = await requireConversation(request, store, request.params.id);
        const { conversation } = contact;
        await store.eligibility.recordOptSignal(conversation, signal, clock.now(conversation));
        return reply.code(204).send(null);
      },
    );
  }
};

const OPT_SIGNALS = [
  {
    path: 'opt-out',
    signal: 'stop',
    operationId: 'optOut',
    summary: 'Record that a person wants no updates: answers still go out.',
  },
  { path: 'opt-in', signal: 'start', operationId: 'optIn', summary: 'Record that a person wants updates again.' },
] as const;
