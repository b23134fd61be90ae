/** Things that no API tells: where an administrator finds them. */

import { warning, type Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const appMode: Check<DoctorContext> = {
  id: 'app-mode',
  run: () =>
    warning(
      'not to be known from here: App Dashboard, the switch "App Mode" at the top must say Live, or no events come but from its own people.',
    ),
};

const appRole: Check<DoctorContext> = {
  id: 'app-role',
  run: () =>
    warning(
      'not to be known from here: App Dashboard → App Roles. Until App Review gives pages_messaging Advanced Access, only people named there may be heard and answered.',
    ),
};

const roundTrip: Check<DoctorContext> = {
  id: 'round-trip',
  run: () =>
    warning(
      'last, by hand: App Dashboard → Messenger → Webhooks → Test for the field messages; then write to the Page from an account with a role.',
    ),
};

/** Always warnings: an administrator has to look. */
export const DASHBOARD_CHECKS = [appMode, appRole, roundTrip];
