import { compact, type JsonObject } from '../../../messenger/check/json.ts';
import type { EventFields } from '../../../messenger/inbound/event-fields.ts';
import { optionalText, textAt } from './fields.ts';

/** `account_linking`. */
export function readAccountLinking(linking: JsonObject): EventFields<'account_linking'> {
  return compact<EventFields<'account_linking'>>({
    kind: 'account_linking',
    status: textAt(linking, 'status'),
    authorizationCode: optionalText(linking, 'authorization_code'),
  });
}

/** `policy_enforcement`. */
export function readPolicyEnforcement(enforcement: JsonObject): EventFields<'policy_enforcement'> {
  return compact<EventFields<'policy_enforcement'>>({
    kind: 'policy_enforcement',
    action: textAt(enforcement, 'action'),
    reason: optionalText(enforcement, 'reason'),
  });
}
