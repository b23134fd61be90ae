import type { Config } from '../config/index.ts';
import type { Store } from '../store/index.ts';
import { startLeadCourier, type LeadCourier, type LeadCourierOptions } from './outbox-relay.ts';

/** Starts the courier that the settings ask for; `undefined` where leads stay in the store. */
export function courierOfSettings(
  { leadsWebhook }: Pick<Config, 'leadsWebhook'>,
  { leadOutbox: outbox }: Pick<Store, 'leadOutbox'>,
  log: LeadCourierOptions['log'],
): LeadCourier | undefined {
  if (!leadsWebhook) return undefined;
  const { url, host, secret } = leadsWebhook;
  log.info({ host }, 'Leads are handed to the webhook');
  return startLeadCourier({ outbox, log, url: new URL(url.reveal()), secret: secret.reveal() });
}
