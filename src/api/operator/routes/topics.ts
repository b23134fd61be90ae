/** Topics that other systems emit for one person. */

import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import { seesPage } from '../../../domain/operator.ts';
import { MAX_DATA_CHARS } from '../../../domain/topic.ts';
import { emitOutsideTopic, findLinked, type TopicEmission } from '../../../outside-topics.ts';
import type { Store } from '../../../store/index.ts';
import { callerOf, requireNotErased, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationOf } from '../requests.ts';
import { writeHeaders, writeProblems } from '../schemas/common.ts';
import { topicBody, topicEmission, type TopicBody } from '../schemas/topics.ts';

/** Topics that come from outside the bot. */
export const topicRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, workflows }) => {
  app.post(
    '/topics',
    {
      preValidation: requireRole('agent'),
      config: { isRepeatable: true },
      schema: {
        operationId: 'emitTopic',
        summary: "Emit a topic in a person's conversation: sequences and plugins hear it in order with messages.",
        tags: ['topics'],
        headers: writeHeaders,
        body: topicBody,
        response: { 200: topicEmission, 202: topicEmission, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { to, topic: name, data, key } = request.body;
      checkSize(data);
      const conversation = await personOf(request, store, to);
      const emission = await emitOutsideTopic(
        { store, ask: (to, asked) => workflows.emitTopic(to, asked) },
        { conversation, key, topic: { name, ...(data !== undefined && { data }) } },
      );
      const { status, isRepeated } = requireEmitted(emission, { name, key });
      return reply.code(status === 'pending' ? 202 : 200).send({ conversation, status, isRepeated });
    },
  );
};

function requireEmitted(
  emission: TopicEmission,
  { name, key }: { readonly name: string; readonly key: string },
): Extract<TopicEmission, { readonly isRepeated: boolean }> {
  switch (emission.status) {
    case 'key_reused':
      throw new Problem('topic_key_reused', {
        detail: `The key ${JSON.stringify(key)} came before with another topic or other data.`,
      });
    case 'undeclared':
      throw new Problem('topic_undeclared', { detail: `The bot declares no topic "${name}".` });
    case 'invalid': {
      const errors = emission.issues.map((message) => ({ field: 'body.data', message }));
      throw new Problem('topic_data_invalid', { detail: `The bot refuses the data of "${name}".`, errors });
    }
    default:
      return emission;
  }
}

function checkSize(data: unknown): void {
  const { length } = JSON.stringify(data) ?? '';
  if (length <= MAX_DATA_CHARS) return;
  const message = `It has ${length} characters as JSON; at most ${MAX_DATA_CHARS} are allowed.`;
  throw new Problem('request_invalid', { errors: [{ field: 'body.data', message }] });
}

/** The conversation of the person whom the topic is for. @throws `Problem` with `not_found`, `external_id_ambiguous` or `person_being_erased`. */
async function personOf(request: FastifyRequest, store: Store, to: TopicBody['to']): Promise<ConversationId> {
  if (typeof to === 'string') return conversationOf(request, store, to);
  const { system, id, page } = to.externalId;
  const { operator } = callerOf(request);
  const linked = await findLinked(store, { system, id, page });
  const found = linked.filter((conversation) => seesPage(operator, conversationParts(conversation)?.pageId ?? ''));
  const [conversation, ...others] = found;
  if (conversation === undefined) {
    throw new Problem('not_found', { detail: `Nobody on your Pages is linked to that id of "${system}".` });
  }
  if (others.length > 0) {
    throw new Problem('external_id_ambiguous', {
      detail: `${found.length} people are linked to that id of "${system}", on different Pages or channels.`,
    });
  }
  await requireNotErased(store.erasures, conversation);
  return conversation;
}
