import type { Agent, Dispatcher } from 'undici';

export interface PostOptions {
  readonly agent: Agent;
  readonly url: URL;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it: waiting for a connection, making one, writing, the whole answer. */
  readonly timeoutMs: number;
}

/**
 * How a POST ended. `never_left`: not one byte of the request was written, so it may be sent again; anything else
 * without an answer may have been taken.
 */
export type PostResult =
  | { readonly status: 'answered'; readonly statusCode: number; readonly text: string }
  | { readonly status: 'never_left' | 'too_late' | 'broken' };

const LARGEST_ANSWER_BYTES = 1024 * 1024;

/**
 * Posts, and knows whether the request left. undici tells the handler before it writes the first byte, once it has a
 * connection: whatever fails before (name, refusal, TLS, a queue that did not move) cannot have been taken. After it
 * nothing proves the opposite, an EPIPE on a kept-alive connection included: the bytes before it may have arrived.
 */
export function post({ agent, url, headers, body, timeoutMs }: PostOptions): Promise<PostResult> {
  return new Promise((resolve) => {
    if (timeoutMs <= 0) return resolve({ status: 'never_left' });
    let controller: Dispatcher.DispatchController | undefined;
    let statusCode = 0;
    let bytes = 0;
    const chunks: Buffer[] = [];

    function end(result: PostResult): void {
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
      onResponseStart(_, code) {
        statusCode = code;
      },
      onResponseData(_, chunk) {
        bytes += chunk.length;
        if (bytes > LARGEST_ANSWER_BYTES) giveUp('broken');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        end({ status: 'answered', statusCode, text: Buffer.concat(chunks).toString() });
      },
      onResponseError() {
        giveUp('broken');
      },
    };
    try {
      const { origin, pathname: path } = url;
      agent.dispatch({ origin, path, method: 'POST', headers: headers(), body }, handler);
    } catch {
      giveUp('broken');
    }
  });
}
