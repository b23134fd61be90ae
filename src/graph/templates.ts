import { z } from 'zod';
import type { TemplateStatus } from '../messenger/outbound/utility.ts';
import type { GraphApi, GraphRefusal, NoAnswer } from './graph-api.ts';

/** Result of reading a Page's templates. */
export type TemplateListAnswer =
  | {
      readonly status: 'answered';
      readonly value: readonly TemplateStatus[];
      /** How far Meta's clock is ahead of ours, ms; left out when they agree. */
      readonly clockAheadMs?: number;
    }
  | GraphRefusal
  | NoAnswer;

const TEMPLATES_PER_PAGE = '100';
/** The status of templates beyond these is known from webhooks only. */
const MAX_PAGES = 10;

const listed = z.object({ name: z.string(), language: z.string(), status: z.string() });
/** An entry of another shape is left out. */
const templatesAnswer = z.object({
  data: z.array(listed.nullable().catch(null)),
  paging: z
    .object({
      next: z.string().optional(),
      cursors: z.object({ after: z.string().optional() }).optional(),
    })
    .optional()
    .catch(undefined),
});

/** Reads all templates of a Page (Meta, Utility messages, 2026-03-13). `timeoutMs` is for all calls together. */
export async function listTemplates(
  api: GraphApi,
  {
    pageId,
    accessToken,
    timeoutMs,
  }: { readonly pageId: string; readonly accessToken: string; readonly timeoutMs: number },
): Promise<TemplateListAnswer> {
  const until = performance.now() + timeoutMs;
  const found: TemplateStatus[] = [];
  let after: string | undefined;
  for (let page = 1; ; page += 1) {
    const reply = await api.call({
      method: 'GET',
      path: `${pageId}/message_templates`,
      query: { fields: 'name,language,status', limit: TEMPLATES_PER_PAGE, ...(after !== undefined && { after }) },
      accessToken,
      timeoutMs: until - performance.now(),
      answer: templatesAnswer,
    });
    if (reply.status !== 'answered') return reply;
    const { data, paging } = reply.value;
    found.push(...data.filter((template) => template !== null));
    after = paging?.next === undefined ? undefined : paging.cursors?.after;
    if (after !== undefined && page < MAX_PAGES) continue;
    const { clockAheadMs } = reply;
    return { status: 'answered', value: found, ...(clockAheadMs !== undefined && { clockAheadMs }) };
  }
}
