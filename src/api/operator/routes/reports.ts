import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { DayNumbers, WaitTimes } from '../../../store/numbers/index.ts';
import { pagesOf, requireRole } from '../access/caller.ts';
import type { OperatorDeps } from '../operator-deps.ts';
import { Problem } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { funnelList, funnelsQuery, MAX_NUMBER_DAYS, numberList, numbersQuery } from '../schemas/reports.ts';
import { isoTime } from '../views/conversation.ts';

const tags = ['reports'];

/** Funnels and numbers. */
export const reportRoutes: FastifyPluginAsyncZod<OperatorDeps> = async (app, { store }) => {
  app.get(
    '/funnels',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'listFunnels',
        summary: 'Count people by step of each funnel.',
        tags,
        querystring: funnelsQuery,
        response: { 200: funnelList, ...problems },
      },
    },
    async (request) => {
      const { since, page } = request.query;
      const steps = await store.funnels.listSteps(since === undefined ? 0 : Date.parse(since), pagesOf(request, page));
      return { items: [...steps] };
    },
  );

  app.get(
    '/numbers',
    {
      preValidation: requireRole('viewer'),
      schema: {
        operationId: 'readNumbers',
        summary: 'Count messages, answers, waits, sequence steps, refusals and leads per day and Page.',
        tags,
        querystring: numbersQuery,
        response: { 200: numberList, ...problems },
      },
    },
    async (request) => {
      const { page, ...days } = request.query;
      const numbers = await store.numbers.read({ ...period(days), pages: pagesOf(request, page) });
      return { items: numbers.map(toNumbersView) };
    },
  );
};

const DAY_MS = 86_400_000;

function period({ from, to }: { readonly from: string; readonly to: string }) {
  const [start, last] = [Date.parse(from), Date.parse(to)];
  const end = last + DAY_MS;
  const days = (end - start) / DAY_MS;
  if (days >= 1 && days <= MAX_NUMBER_DAYS) return { from: start, to: end };
  const message = `From ${from} to ${to} are not 1 to ${MAX_NUMBER_DAYS} days.`;
  throw new Problem('request_invalid', { detail: message, errors: [{ field: 'query.to', message }] });
}

function toNumbersView(numbers: DayNumbers) {
  const { day, pageId, messages, firstReply, answeredBy, unanswered, handoffs, sequenceSteps, refused, leads } =
    numbers;
  return {
    day: isoTime(day * DAY_MS).slice(0, 10),
    page: pageId,
    messages: {
      person: messages.person ?? 0,
      bot: messages.bot ?? 0,
      operator: messages.human ?? 0,
      otherApp: messages.other_app ?? 0,
    },
    firstReply: { bot: copyOf(firstReply.bot), operator: copyOf(firstReply.operator) },
    answeredBy: { ...answeredBy },
    unanswered,
    handoffs: { ...handoffs, answered: copyOf(handoffs.answered) },
    sequenceSteps: [...sequenceSteps],
    refused: { ...refused },
    leads,
  };
}

function copyOf(times: WaitTimes | undefined) {
  return times ? { ...times } : null;
}
