import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { injectedRefusal, type Refusal } from './refusals.ts';

/** `times`: for how many sends, 1 to 1000, default 1. `psid`: for sends to this person only, default to anybody. */
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

/** Validates a fault. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('error'), ...error, ...scope }),
  z.strictObject({ kind: z.literal('error_after'), ...error, ...scope }),
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(1).max(120_000), ...scope }),
  z.strictObject({ kind: z.literal('cut_before'), ...scope }),
  z.strictObject({ kind: z.literal('cut_after'), ...scope }),
]);

/**
 * A failure at Meta, injected into the next sends. `error`: refused with that code. `error_after`: delivered, yet
 * answered with an error, as Meta documents for 1/1357046. `slow`: accepted after a delay. `cut_before`: the connection
 * breaks and nothing is delivered. `cut_after`: delivered and echoed, but the connection breaks before the answer.
 */
export type Fault = z.infer<typeof faultSchema>;

/** How a send ends for its caller: with Meta's answer, an injected refusal, or a broken connection. */
export type FaultedOutcome<Answer> =
  | { readonly status: 'answered'; readonly answer: Answer }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  | { readonly status: 'cut' };

/** What one kind of fault does with a send; `take` accepts it as Meta does. */
type FaultCourse<Kind extends Fault['kind']> = <Answer>(
  fault: Extract<Fault, { kind: Kind }>,
  take: () => Answer,
) => FaultedOutcome<Answer> | Promise<FaultedOutcome<Answer>>;

const FAULT_COURSES: { readonly [Kind in Fault['kind']]: FaultCourse<Kind> } = {
  error: (fault) => ({ status: 'refused', refusal: toInjectedRefusal(fault) }),
  error_after: (fault, take) => (take(), { status: 'refused', refusal: toInjectedRefusal(fault) }),
  slow: async (fault, take) => (await delay(fault.ms), { status: 'answered', answer: take() }),
  cut_before: () => ({ status: 'cut' }),
  cut_after: (_, take) => (take(), { status: 'cut' }),
};

function toInjectedRefusal({ code, subcode, message, httpStatus }: Extract<Fault, { code: number }>): Refusal {
  return injectedRefusal(code, subcode, message, httpStatus);
}

/** Accepts a send, under a fault if there is one. */
export async function runWithFault<Answer>(
  fault: Fault | undefined,
  take: () => Answer,
): Promise<FaultedOutcome<Answer>> {
  if (!fault) return { status: 'answered', answer: take() };
  const course = FAULT_COURSES[fault.kind] as FaultCourse<Fault['kind']>;
  return course(fault as never, take);
}

/** The faults of the next sends. They are held in memory: after a restart Meta is healthy. */
export interface Faults {
  add(fault: Fault): void;
  /** Uses up one of the `times` of the first fault that applies to this person. */
  next(psid: string | undefined): Fault | undefined;
  pending(): readonly Fault[];
  clear(): void;
}

/** No faults at first. */
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
