/** Topics that other systems emit for one person. */

import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import { seesPage } from '../../../domain/operator.ts';
import { MAX_DATA_CHARS } from '../../../domain/topic.ts';
import type { Store } from '../../../store/index.ts';
import type { EmitTopicResult } from '../../../workflows/contract/index.ts';
import { callerOf, requireNotErased, requireRole } from '../access/caller.ts';
import { hashJson } from '../hash-json.ts';
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
      const received = { conversation, key, requestHash: hashJson(name, data) };
      const receipt = await store.receivedTopics.receive(received, Date.now());
      if (receipt.status === 'other_request')
        throw new Problem('topic_key_reused', {
          detail: `The key ${JSON.stringify(key)} came before with another topic or other data.`,
        });
      const isRepeated = receipt.status === 'settled';
      const result = isRepeated
        ? (receipt.result as EmitTopicResult)
        : await workflows.emitTopic(conversation, {
            key: hashJson(key).slice(0, 40),
            topic: { name, ...(data !== undefined && { data }) },
          });
      if (!isRepeated && result.status !== 'pending') await settle(store, received, result);
      const status = requireEmitted(name, result);
      return reply.code(status === 'pending' ? 202 : 200).send({ conversation, status, isRepeated });
    },
  );
};

/** A topic that was refused may come again when the bot has changed; one that was emitted is never emitted again. */
async function settle(
  { receivedTopics }: Pick<Store, 'receivedTopics'>,
  topic: { readonly conversation: ConversationId; readonly key: string },
  result: EmitTopicResult,
): Promise<void> {
  if (result.status === 'emitted') await receivedTopics.settle(topic, result);
  else await receivedTopics.forget(topic);
}

function requireEmitted(name: string, result: EmitTopicResult): 'emitted' | 'pending' {
  const { status } = result;
  if (status === 'undeclared')
    throw new Problem('topic_undeclared', { detail: `The bot declares no topic "${name}".` });
  if (status === 'invalid') {
    const errors = result.issues.map((message) => ({ field: 'body.data', message }));
    throw new Problem('topic_data_invalid', { detail: `The bot refuses the data of "${name}".`, errors });
  }
  return status;
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
  const found = (await store.externalIds.find({ system, id })).filter((conversation) => {
    const { pageId = '' } = conversationParts(conversation) ?? {};
    return seesPage(operator, pageId) && (page === undefined || page === pageId);
  });
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
