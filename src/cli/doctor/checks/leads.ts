/** Leads on their way to the webhook of the settings. */

import { look, ok, wrong, type Check } from '../check.ts';
import type { Visit } from '../context.ts';
import { momentOf } from '../moments.ts';

const leadWebhook: Check<Visit> = {
  id: 'lead-webhook',
  after: ['store'],
  async look(visit) {
    const { leadsWebhook } = visit.config;
    if (!leadsWebhook) return ok('LEADS_WEBHOOK_URL is not set: leads stay in the store, see everthread leads');
    const { leadOutbox } = await visit.store();
    const { pending = 0, given_up: givenUp = 0 } = await leadOutbox.countUndelivered();
    const trouble = await leadOutbox.findTrouble();
    const why = trouble ? `, since ${momentOf(trouble.since)}: ${trouble.trouble}` : '';
    const cure = `See what answers at ${leadsWebhook.host}`;
    if (givenUp > 0) return wrong(`${givenUp} leads were given up${why}. ${cure}, then run everthread leads --retry.`);
    if (trouble) return look(`${pending} leads wait and are tried again${why}. ${cure}.`);
    return ok(`${pending} waiting, none refused`);
  },
};

export const LEAD_CHECKS = [leadWebhook];
