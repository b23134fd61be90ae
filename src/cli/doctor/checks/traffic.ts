/** What came in, and how Meta was answered. */

import type { ApiMetrics } from '../api-metrics.ts';
import { look, notChecked, ok, wrong, type Check, type Outcome } from '../check.ts';
import type { Visit } from '../context.ts';
import { momentOf } from '../moments.ts';

const STUCK_MS = 60_000;

const inbox: Check<Visit> = {
  id: 'inbox',
  after: ['store'],
  async look(visit) {
    const { inbox: events } = await visit.store();
    const { pending, dead } = await events.backlog();
    const since = (await events.oldestPendingAt()) ?? Infinity;
    const outcomes: Outcome[] = [];
    if (since < Date.now() - STUCK_MS)
      outcomes.push(
        wrong(
          `${pending} wait for Temporal, the oldest since ${momentOf(since)}. See "temporal", and the log of the api.`,
          'no_answer',
        ),
      );
    if (dead > 0)
      outcomes.push(
        wrong(
          `${dead} ${dead === 1 ? 'is' : 'are'} dead: Temporal rejected them for good. See everthread dead list.`,
          'no_answer',
        ),
      );
    return outcomes.length > 0 ? outcomes : ok(`${pending} waiting, none dead`);
  },
};

/** Meta delivers again what ends like this; 499 is its giving up. 400, 401 and 404 are for whoever is not Meta, and for us. */
const FAILURES = /^(413|499|5\d\d)$/;
const WRONG_SHARE = 0.05;

const webhookAnswers: Check<Visit> = {
  id: 'webhook-answers',
  async look(visit) {
    const metrics = await visit.metrics();
    return metrics ? answersOutcome(metrics) : unknown(visit);
  },
};

function answersOutcome({ answers }: ApiMetrics): Outcome {
  const taken = answers['200'] ?? 0;
  const unsigned = answers['401'] ?? 0;
  const failed = sum(Object.entries(answers).filter(([status]) => FAILURES.test(status)));
  if (failed > 0) {
    const percent = Math.ceil((100 * failed) / (failed + taken));
    const says = `since the api started ${failed} of ${failed + taken} webhooks failed (${percent} %): ${listed(answers)}. Meta delivers those again, and everthread keeps each event once; after an hour of nothing else Meta unsubscribes the Page. See "store", and the log of the api.`;
    return failed / (failed + taken) > WRONG_SHARE ? wrong(says, 'twice') : look(says, 'twice');
  }
  if (unsigned > 0 && taken === 0)
    return look(
      `since the api started it refused all ${unsigned} webhooks with 401 and took none: another secret signed them, or they were not Meta's. See "app" and "webhook".`,
      'signature',
    );
  return ok(
    `since the api started: ${taken} taken, none failed${unsigned > 0 ? `, ${unsigned} without our signature` : ''}`,
  );
}

const slowAnswers: Check<Visit> = {
  id: 'slow-answers',
  async look(visit) {
    const metrics = await visit.metrics();
    return metrics ? slownessOutcome(metrics) : unknown(visit);
  },
};

/** Meta, messenger-platform/webhooks, read 2026-10-06: 200 within 5 s, or it counts as failed. */
function slownessOutcome(metrics: ApiMetrics): Outcome {
  const [failed, slow] = [metrics.slowerThan(5), metrics.slowerThan(1)];
  const cure = 'Look at the disk or PostgreSQL behind the store, and at what else this machine does.';
  if (failed > 0)
    return wrong(
      `${failed} of the webhooks took more than 5 s: Meta gives up on those and delivers again; everthread keeps each event once. ${cure}`,
      'twice',
    );
  if (slow > 0)
    return look(
      `${slow} of the webhooks took more than 1 s; after 5 s Meta gives up and delivers again. ${cure}`,
      'twice',
    );
  return ok('every webhook was answered within a second');
}

function unknown({ apiUrl }: Visit): Outcome {
  return notChecked(`${apiUrl}/metrics does not answer. Run doctor where the api listens, with its HOST and PORT.`);
}

function listed(answers: ApiMetrics['answers']): string {
  return Object.entries(answers)
    .map(([status, count]) => `${count} × ${status}${status === '499' ? ' (Meta gave up)' : ''}`)
    .join(', ');
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

export const TRAFFIC_CHECKS = [inbox, webhookAnswers, slowAnswers];
