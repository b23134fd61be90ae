/** What is answered for a code, unless the place where it happened says more. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly cure: string;
}

/** What is answered when a saved reply, a file, a snooze or a broadcast cannot be; a part of the table in `problem.ts`. */
export const SEND_PROBLEMS = {
  conversation_not_waiting: {
    status: 409,
    title: 'Nobody waits in this conversation, so that there is nothing to snooze.',
    cure: 'Snooze only conversations of GET /api/v1/conversations?state=waiting.',
  },
  saved_reply_exists: {
    status: 409,
    title: 'A saved reply of that name is there for the same Pages.',
    cure: 'Change it, or take another name.',
  },
  saved_reply_unknown: {
    status: 404,
    title: 'There is no saved reply of that name for this Page.',
    cure: 'GET /api/v1/conversations/{id}/saved-replies lists those that there are.',
  },
  saved_reply_incomplete: {
    status: 409,
    title: 'The saved reply has a placeholder for something that is not known of this person.',
    cure: 'Give the placeholder a fallback, such as {{firstName|there}}, or send the text by hand.',
  },
  file_unsupported: {
    status: 415,
    title: 'This kind of file cannot be sent.',
    cure: 'Name one of the content types of POST /api/v1/conversations/{id}/uploads in /docs, that of the file.',
  },
  file_too_large: {
    status: 413,
    title: 'The file is larger than Meta takes.',
    cure: 'Send a smaller one, or a link to it.',
  },
  upload_failed: {
    status: 409,
    title: 'Meta did not take the file.',
    cure: 'Look up `reason` in docs/errors.md; check that the file opens, or send another one.',
  },
  upload_unanswered: {
    status: 504,
    title: 'Meta gave no answer about the file.',
    cure: 'Upload it again: a file that is uploaded twice does no harm.',
  },
  too_many_uploads: {
    status: 429,
    title: 'Too many files are being uploaded.',
    cure: 'Wait as long as Retry-After says, then upload it again.',
  },
  broadcast_unknown: {
    status: 404,
    title: 'The bot has no such broadcast.',
    cure: 'GET /api/v1/broadcasts lists those that it has; a worker reports them when it starts.',
  },
  broadcast_running: {
    status: 409,
    title: 'The broadcast is running.',
    cure: 'Wait for its end, or stop it.',
  },
  broadcast_not_running: {
    status: 409,
    title: 'The broadcast is not running.',
    cure: 'Start it.',
  },
  broadcast_not_scheduled: {
    status: 409,
    title: 'The broadcast has no schedule.',
    cure: 'Give it `every` in the bot; a worker creates the schedule when it starts.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
