import type { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';

export interface HttpCall {
  readonly agent: Agent;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  /** For all of it: waiting for a connection, making one, writing, the whole answer. */
  readonly timeoutMs: number;
}

/**
 * How a call ended. `never_left`: not one byte of the request was written, so it may be made again; anything else
 * without an answer may have been taken.
 */
export type HttpResult =
  | {
      readonly status: 'answered';
      readonly statusCode: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly text: string;
    }
  | { readonly status: 'never_left' | 'too_late' | 'broken' };

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Calls, and knows whether the request left. undici tells the handler before it writes the first byte, once it has a
 * connection: whatever fails before (name, refusal, TLS, a queue that did not move) cannot have been taken. After it
 * nothing proves the opposite, an EPIPE on a kept-alive connection included: the bytes before it may have arrived.
 */
export function httpCall({ agent, method, url, headers, body, timeoutMs }: HttpCall): Promise<HttpResult> {
  return new Promise((resolve) => {
    if (timeoutMs <= 0) return resolve({ status: 'never_left' });
    let controller: Dispatcher.DispatchController | undefined;
    let statusCode = 0;
    let answerHeaders: Readonly<Record<string, string | string[] | undefined>> = {};
    let bytes = 0;
    const chunks: Buffer[] = [];

    function end(result: HttpResult): void {
      clearTimeout(timer);
      resolve(result);
    }
    function giveUp(status: 'too_late' | 'broken'): void {
      end({ status: controller ? status : 'never_left' });
      controller?.abort(new Error(status));
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      giveUp('too_late');
    }, timeoutMs);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // Its turn came after its time: what is aborted here is not written.
        if (isLate) return started.abort(new Error('too_late'));
        controller = started;
      },
      onResponseStart(_, code, received) {
        statusCode = code;
        answerHeaders = received;
      },
      onResponseData(_, chunk) {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) giveUp('broken');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        end({ status: 'answered', statusCode, headers: answerHeaders, text: Buffer.concat(chunks).toString() });
      },
      onResponseError() {
        giveUp('broken');
      },
    };
    try {
      const path = `${url.pathname}${url.search}`;
      agent.dispatch({ origin: url.origin, path, method, headers, body: body ?? null }, handler);
    } catch {
      giveUp('broken');
    }
  });
}
