import { createHmac } from 'node:crypto';
import type { JsonRecord } from '../json.ts';
import type { SimulatorOptions } from '../options.ts';
import { refusal, type Refusal } from '../rules/refusals.ts';

/**
 * `appsecret_proof`: the hex HMAC-SHA256 of the token, key the app secret (Meta, Secure Graph API Calls). A wrong one is
 * refused always, a missing one when the app's setting "Require App Secret" is on.
 */
export function proofProblem(options: SimulatorOptions, token: string, parameters: JsonRecord): Refusal | undefined {
  const { appsecret_proof: proof } = parameters;
  if (proof === undefined) return options.requireAppSecretProof === true ? refusal('proofMissing') : undefined;
  return proof === createHmac('sha256', options.appSecret).update(token).digest('hex')
    ? undefined
    : refusal('proofWrong');
}
