import { compact, type JsonObject } from '../../../messenger/check/json.ts';
import type { EventFields, ItemKind } from '../../../messenger/inbound/event-fields.ts';
import { optionalText, textAt } from './fields.ts';

/** Events about an account: linking, and policy enforcement of the Page. */
export const ACCOUNT_KINDS: readonly ItemKind[] = [
  { key: 'account_linking', names: 'person', read: readAccountLinking },
  { key: 'policy_enforcement', names: 'nobody', read: readPolicyEnforcement },
];

/** `account_linking`. */
function readAccountLinking(linking: JsonObject): EventFields<'account_linking'> {
  return compact<EventFields<'account_linking'>>({
    kind: 'account_linking',
    status: textAt(linking, 'status'),
    authorizationCode: optionalText(linking, 'authorization_code'),
  });
}

/** `policy_enforcement`. */
function readPolicyEnforcement(enforcement: JsonObject): EventFields<'policy_enforcement'> {
  return compact<EventFields<'policy_enforcement'>>({
    kind: 'policy_enforcement',
    action: textAt(enforcement, 'action'),
    reason: optionalText(enforcement, 'reason'),
  });
}
