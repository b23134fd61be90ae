import type { ProblemKind } from './send-problems.ts';

/** What is answered when an operator cannot be added or changed; a part of the table in `problem.ts`. */
export const OPERATOR_PROBLEMS = {
  operator_name_invalid: {
    status: 400,
    title: 'This is no name for an operator.',
    cure: 'Take 1 to 64 letters, digits, ".", "_" or "-", with single spaces between them.',
  },
  operator_exists: {
    status: 409,
    title: 'An operator has this name already, perhaps in another case.',
    cure: 'Take another name.',
  },
  operator_unknown: {
    status: 404,
    title: 'There is no operator of that name.',
    cure: 'GET /api/v1/operators lists those that there are.',
  },
  operator_needed: {
    status: 409,
    title: 'This operator cannot be disabled here: it is you, or the last admin of all Pages.',
    cure: 'Let another admin of all Pages do it, or run `everthread operators disable NAME` on the machine of the store.',
  },
  operator_token_unknown: {
    status: 404,
    title: 'The operator has no token that begins like this.',
    cure: 'GET /api/v1/operators/{name}/tokens lists those that there are.',
  },
  password_weak: {
    status: 400,
    title: 'The password is too short or too long.',
    cure: 'Take 12 to 256 characters; several words are easy to remember and hard to guess.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
