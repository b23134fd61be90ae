/** What no API tells: the exact thing for a person to look at. */

import { look, type Check } from '../check.ts';
import type { Visit } from '../context.ts';

const appMode: Check<Visit> = {
  id: 'app-mode',
  look: () =>
    look(
      'not to be known from here: App Dashboard, the switch "App Mode" at the top must say Live, or no events come but from its own people.',
    ),
};

const appRole: Check<Visit> = {
  id: 'app-role',
  look: () =>
    look(
      'not to be known from here: App Dashboard → App Roles. Until App Review gives pages_messaging Advanced Access, only people named there may be heard and answered.',
    ),
};

const roundTrip: Check<Visit> = {
  id: 'round-trip',
  look: () =>
    look(
      'last, by hand: App Dashboard → Messenger → Webhooks → Test for the field messages; then write to the Page from an account with a role.',
    ),
};

export const DASHBOARD_CHECKS = [appMode, appRole, roundTrip];
