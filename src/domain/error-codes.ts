/** Every code of an error or of a failed send. Each has a row in `docs/errors.md`; a test compares the two. */

/** Why the policy refuses a send for good. */
export const REFUSAL_REASONS = [
  'never_wrote',
  'window_closed',
  'window_uncertain',
  'person_unavailable',
  'opted_out',
  'not_on_instagram',
  'template_not_approved',
] as const;
/** One of {@link REFUSAL_REASONS}; the `reason` of a refused send. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why the policy holds a send until somebody or something changes. */
export const HOLD_REASONS = ['token_invalid', 'restricted', 'thread_owner'] as const;
/** One of {@link HOLD_REASONS}. */
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Why a send that the policy allows has no outcome yet. */
export const PENDING_REASONS = ['waits_for_its_turn', 'waits_for_echo', 'no_answer', 'calling'] as const;
/** One of {@link PENDING_REASONS}; the type of an activity failure after which Temporal tries again. */
export type PendingReason = (typeof PENDING_REASONS)[number];

/** The class of an error of Meta's Graph API. A send that failed because of it has the class as its code. */
export type ErrorClass =
  /** Temporary: repeat as the rule says. */
  | 'transient'
  /** Too fast or too much, for the app, the Page or the person. */
  | 'rate_limited'
  /** Outside the time in which Meta allows this message. */
  | 'window_closed'
  /** Meta restricts the Page or this kind of message. */
  | 'policy'
  /** This person cannot or does not want to get messages. */
  | 'person_unavailable'
  /** The Page needs a new token. */
  | 'token_invalid'
  /** App, token or Page lacks a right. */
  | 'permission'
  /** Another app owns the thread. */
  | 'thread_owner'
  /** The request is wrong. */
  | 'bad_request'
  /** The message may have been delivered all the same. */
  | 'ambiguous';

/** Why a send failed, or a part of a message could not be prepared. */
export const FAILURE_REASONS = [
  'transient',
  'rate_limited',
  'policy',
  'permission',
  'bad_request',
  'ambiguous',
  'taken_over',
  'held_too_long',
  'attachment_expired',
  'file_missing',
  'conversation_unknown',
  'not_settled',
] as const;
/** One of {@link FAILURE_REASONS}. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Why a message cannot be built; builders throw it. */
export const BUILD_ERRORS = [
  'message_invalid',
  'text_empty',
  'text_too_long',
  'too_many_quick_replies',
  'wrong_number_of_buttons',
  'wrong_number_of_items',
  'number_invalid',
  'id_invalid',
  'card_incomplete',
  'coupon_incomplete',
  'coupon_code_invalid',
  'currency_invalid',
  'too_many_hero_images',
  'default_locale_missing',
  'url_invalid',
  'phone_invalid',
] as const;
/** One of {@link BUILD_ERRORS}; the `code` of a `BotError` of a builder. */
export type BuildError = (typeof BUILD_ERRORS)[number];

/** The `code` of a failed send. A send that was pending until its time was over has the reason why as its code. */
export type SendFailure = FailureReason | ErrorClass | HoldReason | PendingReason | BuildError;

const SEND_FAILURES: ReadonlySet<string> = new Set<SendFailure>([
  ...FAILURE_REASONS,
  ...HOLD_REASONS,
  ...PENDING_REASONS,
  ...BUILD_ERRORS,
  'window_closed',
  'person_unavailable',
]);

/** The code itself if a failed send can have it, else `not_settled`: an activity can fail for reasons that are in no list. */
export function toSendFailure(code: string | null | undefined): SendFailure {
  return code && SEND_FAILURES.has(code) ? (code as SendFailure) : 'not_settled';
}

/** Why a bot cannot run. */
export const BOT_FILE_ERRORS = ['bot_missing', 'bot_invalid'] as const;

/** Why a CLI command that asks Meta or a broadcast for something fails. */
export const COMMAND_ERRORS = [
  'page_unknown',
  'segment_unknown',
  'dead_events_unnamed',
  'webhook_events_unnamed',
  'broadcast_unknown',
  'broadcast_running',
  'broadcast_not_running',
  'broadcast_not_scheduled',
  'pages_file_invalid',
  'callback_url_invalid',
  'profile_missing',
  'operator_name_invalid',
  'operator_exists',
  'operator_unknown',
  'operator_token_unknown',
  'operator_needed',
  'password_weak',
  'encryption_off',
  'recording_empty',
] as const;

/** Why a process does not start. */
export const START_ERRORS = [
  'config_invalid',
  'already_running',
  'port_taken',
  'host_public',
  'operator_missing',
  'temporal_cli_missing',
  'temporal_start_failed',
  'temporal_database_in_use',
  'temporal_unreachable',
  'graph_url_wrong',
] as const;

/** Why the store does not write. */
export const STORE_ERRORS = [
  'store_unavailable',
  'store_damaged',
  'store_replaced',
  'store_refused',
  'store_newer',
] as const;

/** Why what is encrypted cannot be read, or must not be written. */
export const ENCRYPTION_ERRORS = ['encryption_key_missing', 'encryption_key_wrong', 'encryption_unreadable'] as const;

/** Why the webhook rejects a request that Meta signed. */
export const WEBHOOK_ERRORS = ['not_json'] as const;

/** Why the operator API does not do what it was asked to do. */
export const OPERATOR_API_ERRORS = [
  'not_authenticated',
  'login_failed',
  'too_many_attempts',
  'role_missing',
  'not_found',
  'search_encrypted',
  'request_invalid',
  'media_type_unsupported',
  'body_too_large',
  'foreign_origin',
  'foreign_host',
  'idempotency_key_reused',
  'request_in_progress',
  'too_many_idempotency_keys',
  'tag_limit_reached',
  'conversation_held',
  'conversation_not_waiting',
  'saved_reply_exists',
  'saved_reply_unknown',
  'saved_reply_incomplete',
  'file_unsupported',
  'file_too_large',
  'upload_failed',
  'upload_unanswered',
  'too_many_uploads',
  'message_refused',
  'message_failed',
  'too_many_scheduled',
  'sequence_unknown',
  'sequence_not_running',
  'topic_undeclared',
  'topic_data_invalid',
  'topic_key_reused',
  'external_id_ambiguous',
  'webhook_exists',
  'webhook_unsigned',
  'person_being_erased',
  'conversation_busy',
  'temporal_unavailable',
  'too_many_streams',
  'streams_exhausted',
  'internal_error',
] as const;
/** One of {@link OPERATOR_API_ERRORS}. */
export type OperatorApiError = (typeof OPERATOR_API_ERRORS)[number];

/** Why `everthread/client` and the commands that use it got no answer of the operator API. */
export const CLIENT_ERRORS = ['api_not_reachable', 'api_answer_unreadable'] as const;
/** One of {@link CLIENT_ERRORS}. */
export type ClientError = (typeof CLIENT_ERRORS)[number];

/** Every code. A code that is in none of the lists does not compile. */
export type ErrorCode =
  | RefusalReason
  | SendFailure
  | (
      | typeof BOT_FILE_ERRORS
      | typeof COMMAND_ERRORS
      | typeof START_ERRORS
      | typeof ENCRYPTION_ERRORS
      | typeof STORE_ERRORS
      | typeof WEBHOOK_ERRORS
      | typeof OPERATOR_API_ERRORS
      | typeof CLIENT_ERRORS
    )[number];
