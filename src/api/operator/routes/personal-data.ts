/** What the law gives people a right to: a copy of all that is known of them, and its erasure. */

import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { conversationParts, type ConversationId } from '../../../domain/conversation-id.ts';
import { seesPage } from '../../../domain/operator.ts';
import type { PersonRun } from '../../../personal-data/runs.ts';
import type { Store } from '../../../store/index.ts';
import type { Erasure } from '../../../store/person/erasures.ts';
import { callerOf, requireNotErased, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { conversationPath, problems, writeHeaders, writeProblems } from '../schemas/common.ts';
import { erasurePath, erasureView, personExport } from '../schemas/personal-data.ts';
import { isoTime, isoTimeOrNull } from '../views/conversation.ts';

const tags = ['personal data'];

/** Export and erasure of one person. */
export const personalDataRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store, runs, onErasure }) => {
  app.get(
    '/conversations/:id/export',
    {
      // It is in the operator log, for which a HEAD is one more line.
      exposeHeadRoute: false,
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'exportPerson',
        summary: 'Read everything of one person, from the store and from Temporal.',
        description:
          'The operator log says who did. The body is written as it is read: one that ends early is no JSON.',
        tags,
        params: conversationPath,
        response: { 200: personExport, ...problems },
      },
    },
    async (request, reply) => {
      const conversation = await personOf(request, store, request.params.id);
      await requireNotErased(store.erasures, conversation);
      const found = await runs.ofPerson(conversation);
      await logExport(request, store, conversation);
      const body = Readable.from(toJson(conversation, found, store.people.read(conversation)));
      reply.type('application/json; charset=utf-8');
      // The schema describes the text that the parts make.
      return reply.send(body as never);
    },
  );

  app.post(
    '/conversations/:id/erase',
    {
      preValidation: requireRole('admin'),
      config: { isRepeatable: true },
      schema: {
        operationId: 'erasePerson',
        summary: 'Erase a person: everything in the store and in Temporal.',
        description:
          'It is carried out in some seconds, also when the api ends meanwhile; `GET erasures/{id}` says when nothing is left. What the person writes later begins anew. It cannot be undone.',
        tags,
        params: conversationPath,
        headers: writeHeaders,
        response: { 202: erasureView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const conversation = await personOf(request, store, request.params.id);
      const requestedBy = callerOf(request).operator.name;
      const [erasure] = await store.erasures.request([conversation], { requestedBy, at: Date.now() });
      if (!erasure) throw new Problem('internal_error');
      onErasure?.();
      return reply.code(202).send(toView(erasure));
    },
  );

  app.get(
    '/erasures/:erasureId',
    {
      preValidation: requireRole('admin'),
      schema: {
        operationId: 'readErasure',
        summary: 'Ask whether a person has been erased.',
        tags,
        params: erasurePath,
        response: { 200: erasureView, ...problems },
      },
    },
    async (request) => {
      const erasure = await store.erasures.find(request.params.erasureId);
      // Nobody knows any more of which Page a finished one was.
      const { pageId } = (erasure?.conversation && conversationParts(erasure.conversation)) || {};
      const isForeign =
        erasure?.stage === 'not_found' || (pageId !== undefined && !seesPage(callerOf(request).operator, pageId));
      if (!erasure || isForeign) throw new Problem('not_found', { detail: 'There is no such erasure.' });
      return toView(erasure);
    },
  );
};

/** A person of the operator's Pages, none of whose texts is read: one that cannot be decrypted hinders nothing. @throws `Problem` with `not_found`. */
async function personOf(request: FastifyRequest, { people }: Store, id: string): Promise<ConversationId> {
  const parts = conversationParts(id);
  const conversation = id as ConversationId;
  if (parts && seesPage(callerOf(request).operator, parts.pageId) && (await people.isKnown(conversation)))
    return conversation;
  throw new Problem('not_found', { detail: 'There is no such conversation on your Pages.' });
}

async function logExport(request: FastifyRequest, { operatorLog }: Store, conversation: ConversationId): Promise<void> {
  const { operator, interface: way } = callerOf(request);
  const read = { operator: operator.name, interface: way, action: 'exportPerson', conversation, at: Date.now() };
  const begun = await operatorLog.begin(read);
  if (begun.status === 'new') await operatorLog.end(begun.logId, read, 200, undefined);
}

/** The parts of the export, as text. */
async function* toJson(
  conversation: ConversationId,
  found: readonly PersonRun[],
  sections: ReturnType<Store['people']['read']>,
): AsyncGenerator<string> {
  const workflows = found.map(({ startedAt, closedAt, ...run }) => ({
    ...run,
    startedAt: isoTime(startedAt),
    closedAt: isoTimeOrNull(closedAt),
  }));
  const head = JSON.stringify({ conversation, exportedAt: isoTime(Date.now()), workflows });
  yield head.slice(0, -1);
  let open: string | undefined;
  for await (const { section, rows } of sections) {
    const text = rows.map((row) => JSON.stringify(row)).join(',');
    if (section === open) {
      yield `,${text}`;
      continue;
    }
    yield `${open === undefined ? '' : ']'},${JSON.stringify(section)}:[${text}`;
    open = section;
  }
  yield open === undefined ? '}' : ']}';
}

function toView({ erasureId: id, stage, requestedBy, requestedAt, finishedAt }: Erasure) {
  return {
    id,
    status: stage === 'finished' ? ('finished' as const) : ('under_way' as const),
    requestedBy: requestedBy ?? null,
    requestedAt: isoTime(requestedAt),
    finishedAt: isoTimeOrNull(finishedAt),
  };
}
