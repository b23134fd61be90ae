import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { injectedRefusal, type Refusal } from './refusals.ts';

/** For how many sends (default 1), and for whose (default anybody's). */
const scope = {
  times: z.int().min(1).max(1000).optional(),
  psid: z
    .string()
    .regex(/^\d{1,20}$/, 'must be digits')
    .optional(),
};
const error = {
  code: z.int().min(1),
  subcode: z.int().min(1).optional(),
  message: z.string().max(500).optional(),
  httpStatus: z.int().min(400).max(599).optional(),
};

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('error'), ...error, ...scope }),
  z.strictObject({ kind: z.literal('error_after'), ...error, ...scope }),
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(1).max(120_000), ...scope }),
  z.strictObject({ kind: z.literal('cut_before'), ...scope }),
  z.strictObject({ kind: z.literal('cut_after'), ...scope }),
]);

/**
 * Something that goes wrong at Meta, for the next sends. `error`: refused with that code. `error_after`: delivered, yet
 * answered with an error, as Meta documents for 1/1357046. `slow`: all is well, later. `cut_before`: the connection
 * breaks and nothing is delivered. `cut_after`: delivered and echoed, but the caller never hears of it.
 */
export type Fault = z.infer<typeof faultSchema>;

/** How a send ends for its caller: with Meta's own answer, an ordered refusal, or a broken connection. */
export type FaultedOutcome<Answer> =
  | { readonly status: 'answered'; readonly answer: Answer }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  | { readonly status: 'cut' };

/** What a fault may do around a send: take it as Meta does, or not. */
type FaultCourse<Kind extends Fault['kind']> = <Answer>(
  fault: Extract<Fault, { kind: Kind }>,
  take: () => Answer,
) => FaultedOutcome<Answer> | Promise<FaultedOutcome<Answer>>;

const FAULT_COURSES: { readonly [Kind in Fault['kind']]: FaultCourse<Kind> } = {
  error: (fault) => ({ status: 'refused', refusal: toInjectedRefusal(fault) }),
  error_after: (fault, take) => (take(), { status: 'refused', refusal: toInjectedRefusal(fault) }),
  slow: async (fault, take) => (await pause(fault.ms), { status: 'answered', answer: take() }),
  cut_before: () => ({ status: 'cut' }),
  cut_after: (_, take) => (take(), { status: 'cut' }),
};

function toInjectedRefusal({ code, subcode, message, httpStatus }: Extract<Fault, { code: number }>): Refusal {
  return injectedRefusal(code, subcode, message, httpStatus);
}

/** Lets a send run its course, under a fault if there is one. */
export async function runWithFault<Answer>(
  fault: Fault | undefined,
  take: () => Answer,
): Promise<FaultedOutcome<Answer>> {
  if (!fault) return { status: 'answered', answer: take() };
  const course = FAULT_COURSES[fault.kind] as FaultCourse<Fault['kind']>;
  return course(fault as never, take);
}

/** The faults still to come. They live in memory only: a restart is a fresh, healthy Meta. */
export interface Faults {
  add(fault: Fault): void;
  /** Uses up one turn of the first fault that is meant for this person. */
  next(psid: string | undefined): Fault | undefined;
  pending(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let pending: Fault[] = [];

  function next(psid: string | undefined): Fault | undefined {
    const fault = pending.find((one) => one.psid === undefined || one.psid === psid);
    if (!fault) return undefined;
    const left = (fault.times ?? 1) - 1;
    pending = pending.flatMap((one) => (one !== fault ? [one] : left > 0 ? [{ ...fault, times: left }] : []));
    return fault;
  }

  return {
    add: (fault) => void pending.push(faultSchema.parse(fault)),
    next,
    pending: () => pending,
    clear: () => void (pending = []),
  };
}
