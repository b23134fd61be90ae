/** The check of the destinations of events. */

import { warning, ok, error, type Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const destinationCheck: Check<DoctorContext> = {
  id: 'destinations',
  requires: ['store'],
  async run(context) {
    const { destinations } = await context.store();
    const listed = await destinations.list();
    if (listed.length === 0) return ok('no other system is told of anything, see everthread webhooks add');
    return listed.map(({ name, url, disabled, pending, dead, trouble }) => {
      const { host } = new URL(url);
      if (disabled)
        return error(
          `"${name}" is disabled, because ${disabled.reason}; ${pending} events wait. See what answers at ${host}, then run everthread webhooks enable ${name}, or remove it.`,
        );
      if (dead > 0)
        return error(
          `"${name}": ${dead} events were given up. See everthread webhooks dead and what answers at ${host}, then run everthread webhooks retry --all.`,
        );
      if (trouble !== undefined)
        return warning(
          `"${name}": ${pending} events wait and are tried again: ${trouble}. See what answers at ${host}.`,
        );
      return ok(`"${name}": ${pending} events wait, none refused`);
    });
  },
};

/** Whether destinations take their events. */
export const DESTINATION_CHECKS = [destinationCheck];
