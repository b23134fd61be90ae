/** The checks of inbound events, and of the answers to Meta. */

import { formatTime } from '../../format-time.ts';
import type { ApiMetrics } from '../api-metrics.ts';
import { warning, notChecked, ok, error, type Check, type CheckResult } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const STUCK_MS = 60_000;

const inbox: Check<DoctorContext> = {
  id: 'inbox',
  requires: ['store'],
  async run(context) {
    const { inbox: events } = await context.store();
    const { pending, dead } = await events.backlog();
    const since = (await events.oldestPendingAt()) ?? Infinity;
    const results: CheckResult[] = [];
    if (since < Date.now() - STUCK_MS)
      results.push(
        error(
          `${pending} wait for Temporal, the oldest since ${formatTime(since)}. See "temporal", and the log of the api.`,
          'no_answer',
        ),
      );
    if (dead > 0)
      results.push(
        error(
          `${dead} ${dead === 1 ? 'is' : 'are'} dead: Temporal rejected them for good. See everthread dead list.`,
          'no_answer',
        ),
      );
    return results.length > 0 ? results : ok(`${pending} waiting, none dead`);
  },
};

/** Meta delivers these again; 499 means that Meta gave up. 400, 401 and 404 are answers to other senders, and to the doctor. */
const FAILED_STATUSES = /^(413|499|5\d\d)$/;
const ERROR_SHARE = 0.05;

const webhookAnswers: Check<DoctorContext> = {
  id: 'webhook-answers',
  async run(context) {
    const metrics = await context.metrics();
    return metrics ? answersOutcome(metrics) : metricsMissing(context);
  },
};

function answersOutcome({ answers }: ApiMetrics): CheckResult {
  const taken = answers['200'] ?? 0;
  const unsigned = answers['401'] ?? 0;
  const failed = sum(Object.entries(answers).filter(([status]) => FAILED_STATUSES.test(status)));
  if (failed > 0) {
    const percent = Math.ceil((100 * failed) / (failed + taken));
    const message = `since the api started ${failed} of ${failed + taken} webhooks failed (${percent} %): ${listAnswers(answers)}. Meta delivers those again, and everthread keeps each event once; after an hour of nothing else Meta unsubscribes the Page. See "store", and the log of the api.`;
    return failed / (failed + taken) > ERROR_SHARE ? error(message, 'twice') : warning(message, 'twice');
  }
  if (unsigned > 0 && taken === 0)
    return warning(
      `since the api started it refused all ${unsigned} webhooks with 401 and took none: another secret signed them, or they were not Meta's. See "app" and "webhook".`,
      'signature',
    );
  return ok(
    `since the api started: ${taken} taken, none failed${unsigned > 0 ? `, ${unsigned} without our signature` : ''}`,
  );
}

const slowAnswers: Check<DoctorContext> = {
  id: 'slow-answers',
  async run(context) {
    const metrics = await context.metrics();
    return metrics ? slownessOutcome(metrics) : metricsMissing(context);
  },
};

/** Meta, messenger-platform/webhooks, read 2026-10-06: 200 within 5 s, or it counts as failed. */
function slownessOutcome(metrics: ApiMetrics): CheckResult {
  const [failed, slow] = [metrics.slowerThan(5), metrics.slowerThan(1)];
  const cure = 'Look at the disk or PostgreSQL behind the store, and at what else this machine does.';
  if (failed > 0)
    return error(
      `${failed} of the webhooks took more than 5 s: Meta gives up on those and delivers again; everthread keeps each event once. ${cure}`,
      'twice',
    );
  if (slow > 0)
    return warning(
      `${slow} of the webhooks took more than 1 s; after 5 s Meta gives up and delivers again. ${cure}`,
      'twice',
    );
  return ok('every webhook was answered within a second');
}

function metricsMissing({ operatorUrl }: DoctorContext): CheckResult {
  return notChecked(
    `${operatorUrl}/metrics does not answer. Run doctor where the api listens, with its OPERATOR_HOST and OPERATOR_PORT.`,
  );
}

function listAnswers(answers: ApiMetrics['answers']): string {
  return Object.entries(answers)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} × ${status}${status === '499' ? ' (Meta gave up)' : ''}`)
    .join(', ');
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

/** The inbox, and how webhooks were answered. */
export const TRAFFIC_CHECKS = [inbox, webhookAnswers, slowAnswers];
