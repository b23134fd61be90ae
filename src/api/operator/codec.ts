/**
 * The codec server of Temporal's UI and CLI: they show what is encrypted to those who may see everything here. The protocol
 * is Temporal's: payloads as Protobuf JSON to `/decode` and `/encode`.
 */

import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { requireAllPages, requireRole } from './access/caller.ts';
import { checkOrigin } from './access/guard.ts';
import { Problem } from './problem.ts';

/** What the codec server needs. */
export interface CodecOptions {
  readonly payloadCodec: PayloadCodec;
  /** The origin of Temporal's UI, whose pages alone may call from a browser. Default: no page may. */
  readonly temporalUi?: string | undefined;
}

/** Temporal takes 2 MB in one payload, which base64 makes longer. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_PAYLOADS = 1000;
const { Payload: PayloadProto } = proto.temporal.api.common.v1;

const base64 = z.base64();
const payloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string().max(100), base64).optional(), data: base64.optional() }))
    .max(MAX_PAYLOADS),
});

/** `POST /decode` and `POST /encode`, for administrators of all Pages. */
export const codecRoutes: FastifyPluginAsyncZod<
  CodecOptions & {
    readonly authenticate: (request: FastifyRequest) => Promise<void>;
    /** Our own origin behind a reverse proxy. */
    readonly origin: string | undefined;
  }
> = async (app, { payloadCodec, temporalUi, authenticate, origin }) => {
  const isFromUi = ({ headers }: FastifyRequest) => temporalUi !== undefined && headers.origin === temporalUi;

  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('vary', 'Origin');
    if (isFromUi(request)) allowOrigin(reply, temporalUi ?? '');
    else checkOrigin(request, origin);
    if (request.method === 'OPTIONS') return;
    await authenticate(request);
  });

  for (const action of ['decode', 'encode'] as const) {
    app.options(`/${action}`, { schema: { hide: true } }, async (request, reply) => {
      if (!isFromUi(request)) throw new Problem('foreign_origin');
      return reply
        .code(204)
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', 'authorization, content-type, x-namespace')
        .send();
    });
    app.post(
      `/${action}`,
      {
        bodyLimit: MAX_BODY_BYTES,
        preValidation: [requireRole('admin'), requireAllPages],
        schema: { hide: true, body: payloads },
      },
      async (request) => {
        const given = request.body.payloads.map((payload) => PayloadProto.fromObject(payload) as Payload);
        const coded = await payloadCodec[action](given);
        return {
          payloads: coded.map((payload) => PayloadProto.toObject(PayloadProto.fromObject(payload), { bytes: String })),
        };
      },
    );
  }
};

/** Also for answers that are errors, so that the page can read them. */
function allowOrigin(reply: FastifyReply, temporalUi: string): void {
  reply
    .header('access-control-allow-origin', temporalUi)
    .header('access-control-allow-credentials', 'true')
    // Helmet's default keeps every other origin out, also one that CORS lets in.
    .header('cross-origin-resource-policy', 'cross-origin');
}
