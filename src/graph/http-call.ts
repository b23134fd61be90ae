import type { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';

/** An HTTP request to make. */
export interface HttpCall {
  readonly agent: Agent;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  /** For the whole call: waiting for a connection, connecting, writing, the whole answer. */
  readonly timeoutMs: number;
}

/**
 * Result of a call. `never_left`: no byte of the request was written, so it may be repeated. After `too_late` and `broken`
 * the server may have received it.
 */
export type HttpResult =
  | {
      readonly status: 'answered';
      readonly statusCode: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly text: string;
    }
  /** `code` is that of the error, where it had one. */
  | { readonly status: 'never_left' | 'too_late' | 'broken'; readonly code?: string };

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Makes a call, and knows whether the request left. undici calls `onRequestStart` when it has a connection, before the
 * first byte: a failure before that (name, refusal, TLS, no free connection) cannot have reached the server. After it any
 * failure may have, also an EPIPE on a kept-alive connection: bytes before it may have arrived.
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
    function giveUp(status: 'too_late' | 'broken', code?: unknown): void {
      end({ status: controller ? status : 'never_left', ...(typeof code === 'string' && { code }) });
      controller?.abort(new Error(status));
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      giveUp('too_late');
    }, timeoutMs);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // The time limit passed before a connection was free: an abort here writes nothing.
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
      onResponseError(_, error) {
        giveUp('broken', 'code' in error && error.code);
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
