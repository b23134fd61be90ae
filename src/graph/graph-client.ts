import { z } from 'zod';
import type { SendApiRequest } from '../messenger/outbound/send-api.ts';
import type { SenderActionRequest } from '../messenger/outbound/sender-action.ts';
import { uploadAttachment, type AttachmentUpload, type UploadDeps, type UploadResult } from './attachment-upload.ts';
import { createGraphApi, type GraphApiOptions, type GraphRefusal, type NoAnswer } from './graph-api.ts';
import { listTemplates, type TemplateListAnswer } from './templates.ts';
import type { RateLimitUsage } from './usage.ts';
import { userProfileAnswer, type UserProfile } from './user-profile.ts';

/** Result of one call of the Send API. Only `accepted` and `refused` are certain. */
export type SendAnswer =
  | { readonly status: 'accepted'; readonly messageId: string; readonly usage?: RateLimitUsage }
  | GraphRefusal
  | NoAnswer;

/** Result of a sender action or of thread control, which have no message id. */
export type SenderActionAnswer =
  | {
      readonly status: 'accepted';
      readonly usage?: RateLimitUsage;
      /** How far Meta's clock is ahead of ours, ms; left out when they agree. */
      readonly clockAheadMs?: number;
    }
  | GraphRefusal
  | NoAnswer;

/** Result of reading a profile. */
export type UserProfileAnswer = { readonly status: 'answered'; readonly value: UserProfile } | GraphRefusal | NoAnswer;

/** The calls that need a Page's token. Nothing throws: what went wrong is in the answer. */
export interface GraphClient {
  /**
   * `POST /{pageId}/messages`. Ends within `timeoutMs`, the wait for a free connection included. A Page without a known
   * token gets the refusal that Meta gives for a token that is no longer valid.
   */
  sendMessage(pageId: string, body: SendApiRequest, timeoutMs: number): Promise<SendAnswer>;
  /** The same for sender actions: typing, seen, reactions. */
  sendAction(pageId: string, body: SenderActionRequest, timeoutMs: number): Promise<SenderActionAnswer>;
  /** `POST /{pageId}/{action}_thread_control`, under Conversation Routing. */
  controlThread(pageId: string, control: ThreadControlCall, timeoutMs: number): Promise<SenderActionAnswer>;
  /** `GET /{psid}`: the profile, as far as the app may read it; `fields` is Meta's list, with commas. */
  userProfile(pageId: string, psid: string, fields: string, timeoutMs: number): Promise<UserProfileAnswer>;
  /** `GET /{pageId}/message_templates`: the Page's utility templates. */
  listTemplates(pageId: string, timeoutMs: number): Promise<TemplateListAnswer>;
  /** See {@link uploadAttachment}; `log` gets the progress of a large file. `timeoutMs`: default 120,000. */
  uploadAttachment(upload: AttachmentUpload, log: UploadDeps['log'], timeoutMs?: number): Promise<UploadResult>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Changes which app owns a person's thread (Meta, Conversation Routing, read 2026-10-06). */
export interface ThreadControlCall {
  readonly action: 'pass' | 'take' | 'request' | 'release';
  readonly psid: string;
  /** Only for `pass`. */
  readonly targetAppId?: string;
}

/** Where the Graph API is, and the tokens. */
export interface GraphClientOptions extends GraphApiOptions {
  /** The current token of a Page; `undefined` if none is known. */
  readonly accessToken: (pageId: string) => string | undefined;
}

const sendAnswer = z.object({ message_id: z.string().min(1) });
/** Meta answers with the recipient, which nothing here needs. */
const actionAnswer = z.object({ error: z.undefined().optional() });

/** Calls the Graph API for Pages. */
export function createGraphClient({ accessToken: tokenOf, ...options }: GraphClientOptions): GraphClient {
  const api = createGraphApi(options);

  async function post<T>(
    pageId: string,
    body: object,
    timeoutMs: number,
    answer: z.ZodType<T>,
    edge: string = 'messages',
  ) {
    const accessToken = tokenOf(pageId);
    if (accessToken === undefined) return NO_TOKEN;
    return api.call({ method: 'POST', path: `${pageId}/${edge}`, accessToken, body, timeoutMs, answer });
  }

  async function act(...call: Parameters<typeof post>): Promise<SenderActionAnswer> {
    const reply = await post(...call);
    if (reply.status !== 'answered') return reply;
    const { usage, clockAheadMs } = reply;
    return { status: 'accepted', ...(usage && { usage }), ...(clockAheadMs !== undefined && { clockAheadMs }) };
  }

  return {
    async sendMessage(pageId, body, timeoutMs) {
      const reply = await post(pageId, body, timeoutMs, sendAnswer);
      if (reply.status !== 'answered') return reply;
      const { value, usage } = reply;
      return { status: 'accepted', messageId: value.message_id, ...(usage && { usage }) };
    },
    sendAction: (pageId, body, timeoutMs) => act(pageId, body, timeoutMs, actionAnswer),
    controlThread(pageId, { action, psid, targetAppId }, timeoutMs) {
      const body = { recipient: { id: psid }, ...(targetAppId !== undefined && { target_app_id: targetAppId }) };
      return act(pageId, body, timeoutMs, actionAnswer, `${action}_thread_control`);
    },
    async userProfile(pageId, psid, fields, timeoutMs) {
      const accessToken = tokenOf(pageId);
      if (accessToken === undefined) return NO_TOKEN;
      return api.call({
        method: 'GET',
        path: psid,
        query: { fields },
        accessToken,
        timeoutMs,
        answer: userProfileAnswer,
      });
    },
    async listTemplates(pageId, timeoutMs) {
      const accessToken = tokenOf(pageId);
      return accessToken === undefined ? NO_TOKEN : listTemplates(api, { pageId, accessToken, timeoutMs });
    },
    async uploadAttachment(upload, log, timeoutMs) {
      const accessToken = tokenOf(upload.pageId);
      if (accessToken === undefined) return NO_TOKEN;
      return uploadAttachment(upload, { api, accessToken, log, ...(timeoutMs !== undefined && { timeoutMs }) });
    },
    close: () => api.close(),
  };
}

const NO_TOKEN: GraphRefusal = {
  status: 'refused',
  error: { code: 190, message: 'everthread knows no access token of this Page' },
};
