import Fastify from 'fastify';
import { request } from 'undici';

/** Webhooks go to one address; behind it they are dealt out in turn. One that finds nobody is delivered again by Meta. */
export async function startBalancer(port: number, targets: readonly number[]) {
  const app = Fastify({ bodyLimit: 16 * 1024 ** 2 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  let turn = 0;
  app.post('/webhook', async ({ headers, body }, reply) => {
    turn += 1;
    const { 'content-type': type, 'x-hub-signature-256': signature } = headers;
    try {
      const answer = await request(`http://127.0.0.1:${targets[turn % targets.length]}/webhook`, {
        method: 'POST',
        headers: { 'content-type': String(type), 'x-hub-signature-256': String(signature) },
        body: body as Buffer,
      });
      return await reply.code(answer.statusCode).send(await answer.body.text());
    } catch {
      return reply.code(502).send();
    }
  });
  await app.listen({ host: '127.0.0.1', port });
  return app;
}
