import { known, type JsonObject } from '../../../messenger/check/json.ts';
import type { Told } from '../../../messenger/inbound/event-fields.ts';
import { optionalText, textAt } from './fields.ts';

/** `account_linking`. */
export function readAccountLinking(linking: JsonObject): Told<'account_linking'> {
  return known<Told<'account_linking'>>({
    kind: 'account_linking',
    status: textAt(linking, 'status'),
    authorizationCode: optionalText(linking, 'authorization_code'),
  });
}

/** `policy_enforcement`. */
export function readPolicyEnforcement(enforcement: JsonObject): Told<'policy_enforcement'> {
  return known<Told<'policy_enforcement'>>({
    kind: 'policy_enforcement',
    action: textAt(enforcement, 'action'),
    reason: optionalText(enforcement, 'reason'),
  });
}
