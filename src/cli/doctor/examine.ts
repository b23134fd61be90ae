import { notChecked, type CheckId, type Finding, type Status } from './check.ts';
import { APP_CHECKS, GRAPH_CHECKS, TASK_CHECKS } from './checks/app.ts';
import { DASHBOARD_CHECKS } from './checks/dashboard.ts';
import { LEAD_CHECKS } from './checks/leads.ts';
import { MACHINE_CHECKS } from './checks/machine.ts';
import { PAGE_CHECKS } from './checks/pages.ts';
import { SEND_CHECKS } from './checks/sends.ts';
import { ENGINE_CHECKS } from './checks/temporal.ts';
import { TRAFFIC_CHECKS } from './checks/traffic.ts';
import { CALLBACK_CHECKS, WEBHOOK_CHECKS } from './checks/webhook.ts';
import { createVisit, type Visit, type VisitOptions } from './context.ts';
import { withoutSecrets } from './report.ts';
import { runChecks } from './run-checks.ts';

/** In the order in which one trouble hides the next. */
const FIRST = [
  ...MACHINE_CHECKS,
  ...ENGINE_CHECKS,
  ...WEBHOOK_CHECKS,
  ...GRAPH_CHECKS,
  ...APP_CHECKS,
  ...CALLBACK_CHECKS,
  ...TASK_CHECKS,
];
const LAST = [...TRAFFIC_CHECKS, ...SEND_CHECKS, ...LEAD_CHECKS, ...DASHBOARD_CHECKS];

export const CHECKS = [...FIRST, ...PAGE_CHECKS, ...LAST];

const PAGES_AT_ONCE = 8;

/** Looks at everything, and gives what it finds as it goes. Secrets are taken out of every word. */
export async function* examine(options: VisitOptions): AsyncGenerator<Finding> {
  const visit = createVisit(options);
  try {
    for await (const finding of findings(visit)) yield withoutSecrets(finding, visit.config);
  } finally {
    await visit.close();
  }
}

async function* findings(visit: Visit): AsyncGenerator<Finding> {
  const seen = new Map<CheckId, Status>();
  yield* runChecks(FIRST, visit, { seen });
  if (visit.pages.length === 0) yield* PAGE_CHECKS.map(({ id }) => ({ check: id, ...notChecked('no Page is known.') }));
  for (let from = 0; from < visit.pages.length; from += PAGES_AT_ONCE) {
    const some = visit.pages.slice(from, from + PAGES_AT_ONCE);
    const found = some.map((page) =>
      collected(runChecks(PAGE_CHECKS, { visit, page }, { seen: new Map(seen), about: page.label })),
    );
    yield* (await Promise.all(found)).flat();
  }
  yield* runChecks(LAST, visit, { seen });
}

async function collected(checks: AsyncGenerator<Finding>): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const finding of checks) all.push(finding);
  return all;
}
