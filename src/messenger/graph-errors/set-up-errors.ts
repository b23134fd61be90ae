import type { ErrorClass } from '../../domain/error-codes.ts';
import type { GraphErrorRule } from './rule.ts';

/** A mistake in the set-up of app, token or Page: it fails every send of the Page until an administrator mends it. */
export interface SetUpError {
  /** The code for which the message is looked at. Default: every code. */
  readonly code?: number;
  /** Meta's words. Its codes are the general ones, which mean something else in most messages. */
  readonly message: RegExp;
  readonly meaning: string;
  readonly cure: string;
}

/** Mistakes in the set-up, by the words of Meta's message. */
export const SET_UP_ERRORS: readonly SetUpError[] = [
  {
    message: /appsecret_proof/i,
    meaning: 'The proof of the app secret is missing or wrong.',
    cure: 'Set MESSENGER_APP_SECRET to the secret of the app that the token was made for (App Dashboard → App settings → Basic)',
  },
  {
    message: /(?:requires?|must be|use) (?:a |an )?(?:valid )?page (?:access )?token|page access token is required/i,
    meaning: "The token is a user's or the app's, not the Page's.",
    cure: "Put the Page's own access token in its place (everthread pages, or App Dashboard → Messenger → Access Tokens)",
  },
  {
    code: 100,
    message: /unsupported (?:get |post |delete )?request|object .*does not exist/i,
    meaning: 'The token may not see this Page: it belongs to another Page, or the Page is gone.',
    cure: 'Make MESSENGER_PAGE_ID, or pageId in the list, and the token fit each other',
  },
  {
    message:
      /\bapp(?:lication)? (?:is|has) (?:not (?:live|active|public|published)|been deleted|disabled)|app is (?:live|in development)|development mode/i,
    meaning: 'The app is not live.',
    cure: 'Switch the app to Live (App Dashboard → App Mode); until then only people with a role on it can be reached',
  },
  {
    message: /page .*(?:unpublished|not published)|unpublished page/i,
    meaning: 'The Page is not published.',
    cure: 'Publish the Page (its settings → Page visibility)',
  },
  {
    message:
      /pages_messaging|instagram_(?:business_)?manage_messages|application does not have permission|(?:administrative|admin) permission|lacks the task/i,
    meaning: 'The token no longer has the permission, or its person lacks the task on the Page.',
    cure: 'Grant pages_messaging and the task MESSAGING again, then make a new token (everthread doctor says what is missing)',
  },
];

/** Meta's messages are shorter. */
const MAX_MESSAGE_CHARS = 1000;
/** Classes under whose general codes a mistake in the set-up arrives. The others say more than the words. */
const GENERAL_CLASSES: ReadonlySet<ErrorClass> = new Set<ErrorClass>([
  'bad_request',
  'permission',
  'person_unavailable',
]);

/** The rule of a mistake in the set-up; `undefined` when the error is another. `listed` is its rule in Meta's table. */
export function findSetUpError(
  code: number,
  message: string,
  listed: GraphErrorRule | undefined,
): GraphErrorRule | undefined {
  if (listed && !GENERAL_CLASSES.has(listed.class)) return undefined;
  const error = SET_UP_ERRORS.find(
    (one) => (one.code ?? code) === code && one.message.test(message.slice(0, MAX_MESSAGE_CHARS)),
  );
  return error && { class: 'token_invalid', retry: 'after_fix', meaning: error.meaning, cure: error.cure };
}
