/** The check of the lead outbox. */

import { formatTime } from '../../format-time.ts';
import { warning, ok, error, type Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const leadWebhook: Check<DoctorContext> = {
  id: 'lead-webhook',
  requires: ['store'],
  async run(context) {
    const { leadsWebhook } = context.config;
    if (!leadsWebhook) return ok('LEADS_WEBHOOK_URL is not set: leads stay in the store, see everthread leads');
    const { leadOutbox } = await context.store();
    const { pending = 0, given_up: givenUp = 0 } = await leadOutbox.countUndelivered();
    const trouble = await leadOutbox.findTrouble();
    const why = trouble ? `, since ${formatTime(trouble.since)}: ${trouble.trouble}` : '';
    const cure = `See what answers at ${leadsWebhook.host}`;
    if (givenUp > 0) return error(`${givenUp} leads were given up${why}. ${cure}, then run everthread leads --retry.`);
    if (trouble) return warning(`${pending} leads wait and are tried again${why}. ${cure}.`);
    return ok(`${pending} waiting, none refused`);
  },
};

/** The delivery of leads. */
export const LEAD_CHECKS = [leadWebhook];
