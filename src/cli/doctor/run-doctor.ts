import { notChecked, type CheckId, type Finding, type Status } from './check.ts';
import { APP_CHECKS, GRAPH_CHECKS, TASK_CHECKS } from './checks/app.ts';
import { DASHBOARD_CHECKS } from './checks/dashboard.ts';
import { DESTINATION_CHECKS } from './checks/destinations.ts';
import { MACHINE_CHECKS } from './checks/machine.ts';
import { PAGE_CHECKS } from './checks/pages.ts';
import { SEND_CHECKS } from './checks/sends.ts';
import { TEMPORAL_CHECKS } from './checks/temporal.ts';
import { TRAFFIC_CHECKS } from './checks/traffic.ts';
import { CALLBACK_CHECKS, WEBHOOK_CHECKS } from './checks/webhook.ts';
import { createDoctorContext, type DoctorContext, type DoctorContextOptions } from './context.ts';
import { withoutSecrets } from './report.ts';
import { runChecks } from './run-checks.ts';

/** In an order in which a check comes after those it requires. */
const BEFORE_PAGES = [
  ...MACHINE_CHECKS,
  ...TEMPORAL_CHECKS,
  ...WEBHOOK_CHECKS,
  ...GRAPH_CHECKS,
  ...APP_CHECKS,
  ...CALLBACK_CHECKS,
  ...TASK_CHECKS,
];
const AFTER_PAGES = [...TRAFFIC_CHECKS, ...SEND_CHECKS, ...DESTINATION_CHECKS, ...DASHBOARD_CHECKS];

/** All checks, in the order of the report. */
export const CHECKS = [...BEFORE_PAGES, ...PAGE_CHECKS, ...AFTER_PAGES];

const PAGES_AT_ONCE = 8;

/** Runs all checks and yields each finding as soon as it is there; secrets are removed from messages. */
export async function* runDoctor(options: DoctorContextOptions): AsyncGenerator<Finding> {
  const context = createDoctorContext(options);
  try {
    for await (const finding of findings(context)) yield withoutSecrets(finding, context.config);
  } finally {
    await context.close();
  }
}

async function* findings(context: DoctorContext): AsyncGenerator<Finding> {
  const statuses = new Map<CheckId, Status>();
  yield* runChecks(BEFORE_PAGES, context, { statuses });
  if (context.pages.length === 0)
    yield* PAGE_CHECKS.map(({ id }) => ({ check: id, ...notChecked('no Page is known.') }));
  for (let from = 0; from < context.pages.length; from += PAGES_AT_ONCE) {
    const some = context.pages.slice(from, from + PAGES_AT_ONCE);
    const found = some.map((page) =>
      collect(runChecks(PAGE_CHECKS, { context, page }, { statuses: new Map(statuses), about: page.label })),
    );
    yield* (await Promise.all(found)).flat();
  }
  yield* runChecks(AFTER_PAGES, context, { statuses });
}

async function collect(checks: AsyncGenerator<Finding>): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const finding of checks) all.push(finding);
  return all;
}
