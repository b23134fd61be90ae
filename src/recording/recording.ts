import { z } from 'zod';
import type { HeardMessage } from '../domain/heard-message.ts';
import { msOf, type Duration } from '../plugins/duration.ts';

/** Reactions and files that the test API knows. */
const REACTIONS = ['love', 'smile', 'wow', 'sad', 'angry', 'like', 'dislike'] as const;
const FILE_TYPES = ['image', 'video', 'audio', 'file'] as const;

const none = z.tuple([]);
const oneText = z.tuple([z.string()]);
const maybeText = z.tuple([z.string().optional()]);
const named = z.strictObject({ name: z.string() });

/** Each step of the test API that a recording can have, and what it is called with. */
export const STEP_SCHEMAS = {
  says: z.array(z.string()).min(1),
  taps: oneText,
  reacts: z.tuple([z.enum(REACTIONS)]),
  unreacts: none,
  sendsMedia: z.tuple([z.enum(FILE_TYPES), z.string().optional(), z.string().optional()]),
  sendsSticker: maybeText,
  sendsLocation: z.tuple([z.number(), z.number()]),
  edits: oneText,
  unsends: none,
  rates: z.tuple([z.number(), z.string().optional()]),
  revealsCode: none,
  sendsAddress: z.tuple([z.record(z.string(), z.string())]),
  getsStarted: maybeText,
  opensLink: maybeText,
  clicksAd: z.tuple([z.string().optional(), z.string().optional()]),
  optsIn: oneText,
  blocks: none,
  unblocks: none,
  answersFromInbox: oneText,
  answersFromNativeApp: oneText,
  takesOver: z.tuple([z.strictObject({ reason: z.string(), operator: named.exactOptional() }).optional()]),
  operatorWrites: z.tuple([z.string(), named.optional()]),
  givesBack: z.tuple([
    z.strictObject({ note: z.string().exactOptional(), operator: named.exactOptional() }).optional(),
  ]),
  skip: z.tuple([z.custom<Duration>(isForward, "time moves forward: '2 hours'")]),
} as const;

function isForward(value: unknown): boolean {
  try {
    return msOf(value as Duration) >= 0;
  } catch {
    return false;
  }
}

/** The name of a step. */
export type StepName = keyof typeof STEP_SCHEMAS;

/** What a step is called with. */
export type StepArguments<Name extends StepName> = z.infer<(typeof STEP_SCHEMAS)[Name]>;

/** A step that somebody takes: a method of the test API and its arguments. */
export type StepCall = {
  readonly [Name in StepName]: { readonly does: Name; readonly with: Readonly<StepArguments<Name>> };
}[StepName];

/** A step, and what the bot said after it. */
export type RecordedStep = StepCall & { readonly heard: readonly HeardMessage[] };

/** Who talked with the bot; fields that are left out are invented by the simulator. */
export interface RecordedPerson {
  readonly firstName?: string;
  readonly lastName?: string;
  /** `pt_PT` */
  readonly locale?: string;
  /** Hours from UTC. */
  readonly timezone?: number;
}

/** A conversation with a bot, step by step. */
export interface Recording {
  readonly person: RecordedPerson;
  /** The hour of the first step, by UTC: `10:00`. */
  readonly startsAt: string;
  readonly steps: readonly RecordedStep[];
  /** What happened and is no step, each in a sentence without words of people. */
  readonly leftOut: readonly string[];
}

/** Whoever takes the steps: a conversation of the test API, or a person of the simulator. */
export type StepTaker = {
  readonly [Name in StepName]: (...values: StepArguments<Name>) => unknown;
};

/** How far a skip moves the time. */
export function msOfSkip(duration: Duration): number {
  return msOf(duration);
}

/** Takes one step. */
export async function takeStep(taker: StepTaker, { does, with: values }: StepCall): Promise<void> {
  const take = taker[does] as (...values: readonly unknown[]) => unknown;
  await take(...values);
}
