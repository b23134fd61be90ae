import { compact, recordOf, type JsonObject } from '../../../messenger/check/json.ts';
import { asText } from '../../../messenger/check/meta-values.ts';
import type { EventFields, ItemKind } from '../../../messenger/inbound/event-fields.ts';
import { idAt, optionalId, optionalText } from './fields.ts';

/** Thread control and app roles. */
export const THREAD_CONTROL_KINDS: readonly ItemKind[] = [
  { key: 'pass_thread_control', names: 'person', read: readThreadControl('pass') },
  { key: 'take_thread_control', names: 'person', read: readThreadControl('take') },
  { key: 'request_thread_control', names: 'person', read: readThreadRequest },
  { key: 'app_roles', names: 'nobody', read: readAppRoles },
];

/** `pass_thread_control` and `take_thread_control`. */
function readThreadControl(action: 'pass' | 'take') {
  return (control: JsonObject): EventFields<'thread_control'> =>
    compact<EventFields<'thread_control'>>({
      kind: 'thread_control',
      action,
      previousOwnerAppId: optionalId(control, 'previous_owner_app_id'),
      newOwnerAppId: optionalId(control, 'new_owner_app_id'),
      metadata: optionalText(control, 'metadata'),
    });
}

/** `request_thread_control`. */
function readThreadRequest(request: JsonObject): EventFields<'thread_control'> {
  return compact<EventFields<'thread_control'>>({
    kind: 'thread_control',
    action: 'request',
    previousOwnerAppId: undefined,
    newOwnerAppId: idAt(request, 'requested_owner_app_id'),
    metadata: optionalText(request, 'metadata'),
  });
}

/** `app_roles`: its keys are ids of apps. */
function readAppRoles(apps: JsonObject): EventFields<'app_roles'> {
  const roles = Object.entries(apps).map(([appId, list]) => [appId, readTexts(list)] as const);
  return { kind: 'app_roles', roles: recordOf(roles) };
}

function readTexts(list: unknown): string[] {
  return Array.isArray(list) ? list.map(asText).filter((text) => text !== undefined) : [];
}
