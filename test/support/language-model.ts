/** A language model's API on localhost, as OpenAI has it and most others copy it: it says what the test wants. */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ModelRequest {
  readonly model: string;
  readonly max_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** A text, a status with which it refuses, or `silence`. */
export type Says = string | number;

export interface LanguageModelServer {
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** What it says from now on; of a list one after the other, the last for ever. */
  willSay(...answers: readonly Says[]): void;
  stop(): Promise<void>;
}

export async function startLanguageModel(): Promise<LanguageModelServer> {
  const requests: ModelRequest[] = [];
  let answers: Says[] = ['Hello.'];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push(body as ModelRequest);
      answer(response, (answers.length > 1 ? answers.shift() : answers[0]) ?? 'silence');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    willSay: (...next) => {
      answers = [...next];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, says: Says): void {
  if (says === 'silence') return;
  const body =
    typeof says === 'number'
      ? { error: { message: 'Incorrect API key provided: sk-invented', type: 'invented', code: 'invented' } }
      : {
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1_790_000_000,
          model: 'model-1',
          choices: [{ index: 0, message: { role: 'assistant', content: says }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
        };
  response.writeHead(typeof says === 'number' ? says : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
