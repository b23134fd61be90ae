import { createHmac } from 'node:crypto';
import type { JsonObject } from '../../messenger/check/json.ts';
import { toRefusal, type Refusal } from '../rules/refusals.ts';

/**
 * Checks `appsecret_proof`: the hex HMAC-SHA256 of the token with the app secret as key (Meta, Secure Graph API Calls). A
 * wrong one is always refused, a missing one when the app's setting "Require App Secret" is on.
 */
export function proofProblem(
  app: { readonly appSecret: string; readonly requireAppSecretProof?: boolean },
  token: string,
  parameters: JsonObject,
): Refusal | undefined {
  const { appsecret_proof: proof } = parameters;
  if (proof === undefined) return app.requireAppSecretProof === true ? toRefusal('proofMissing') : undefined;
  return proof === createHmac('sha256', app.appSecret).update(token).digest('hex')
    ? undefined
    : toRefusal('proofWrong');
}
