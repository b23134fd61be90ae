import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { HeardMessage } from '../../domain/heard-message.ts';
import { readTestFile, TestFileError, type ReadStep } from '../../recording/read-test-file.ts';
import { msOfSkip, STEP_SCHEMAS, takeStep, type StepCall, type StepTaker } from '../../recording/recording.ts';
import { writeTestFile } from '../../recording/write-test-file.ts';
import { simulatedSteps } from '../actors/simulated-steps.ts';
import { bubbleText, cardsOf, heardOf } from '../content/cards.ts';
import { SimulatorError } from '../simulator-error.ts';
import type { SimulatorState } from '../simulator-state.ts';
import { parseInput, withoutUndefined } from './control-inputs.ts';
import type { ControlActions } from './person-routes.ts';

/** A test file that is about to be replayed, by a person who was added for it. */
export interface LoadedTestFile {
  readonly psid: string;
  readonly steps: readonly ReadStep[];
  /** Lines that were not read, because they change nothing of the conversation. */
  readonly ignored: readonly number[];
}

/** What the bot said after a step. */
export interface TakenStep {
  readonly heard: readonly HeardMessage[];
}

const sourceSchema = z.strictObject({ source: z.string().max(1_000_000) });
const stepSchema = z.strictObject({
  does: z.enum(Object.keys(STEP_SCHEMAS) as [keyof typeof STEP_SCHEMAS]),
  with: z.array(z.unknown()),
});
const MAX_MESSAGES = 1000;

/** A conversation as a test file: saved, and replayed step by step. */
export function recordingRoutes(app: FastifyInstance, state: SimulatorState, actions: ControlActions): void {
  const { inspector, botFile = './bot.ts' } = state.options;

  app.get<PersonPath>('/api/people/:psid/recording', async ({ params }, reply) => {
    const { psid, firstName, lastName, locale, timezone } = state.people.get(params.psid);
    const recording = await inspector?.record(state.conversationOf(psid));
    if (!recording) throw new SimulatorError('bad_input', 'There is nothing to save: the bot knows no step of it yet.');
    const source = writeTestFile({ ...recording, person: { firstName, lastName, locale, timezone } }, botFile);
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', 'attachment; filename="recorded.test.ts"')
      .send(source);
  });

  app.post('/api/recordings', ({ body }, reply): LoadedTestFile => {
    const { person, startsAt, steps, ignored } = read(parseInput(sourceSchema, body).source);
    const { psid } = actions.addPerson(withoutUndefined(person));
    if (startsAt !== undefined) state.people.moveClock(psid, msUntilHour(startsAt, state.now(psid)));
    state.live.notify(psid);
    void reply.code(201);
    return { psid, steps, ignored };
  });

  app.post<PersonPath>('/api/people/:psid/steps', async ({ params, body }): Promise<TakenStep> => {
    const { psid } = state.people.get(params.psid);
    const { does, with: values } = parseInput(stepSchema, body);
    // JSON has null for an argument that is left out before others.
    const call = {
      does,
      with: parseInput(
        STEP_SCHEMAS[does],
        values.map((value) => value ?? undefined),
      ),
    } as StepCall;
    const before = state.messages.newest(psid, 1)[0]?.seq ?? 0;
    await takeStep(takerOf(psid, actions), call);
    await settled(psid);
    const said = state.messages.newest(psid, MAX_MESSAGES);
    return {
      heard: said.flatMap(({ seq, author, content }) =>
        author === 'bot' && seq > before ? [heardOf(bubbleText(content), cardsOf(content, state.attachments))] : [],
      ),
    };
  });

  /** Resolves when nothing happens any more because of what was done. */
  async function settled(psid: string): Promise<void> {
    let before: number | undefined;
    for (let now = lastSeq(psid); now !== before; now = lastSeq(psid)) {
      before = now;
      await state.deliveries.waitUntilIdle();
      await inspector?.settled(state.conversationOf(psid));
      await state.deliveries.waitUntilIdle();
    }
  }

  function lastSeq(psid: string): number {
    return Math.max(state.messages.newest(psid, 1)[0]?.seq ?? 0, state.webhooks.newest(psid, 1)[0]?.seq ?? 0);
  }
}

interface PersonPath {
  readonly Params: { readonly psid: string };
}

function read(source: string) {
  try {
    return readTestFile(source);
  } catch (error) {
    if (!(error instanceof TestFileError)) throw error;
    throw new SimulatorError('bad_input', error.message);
  }
}

/** Takes the steps of a test as this person. */
function takerOf(psid: string, actions: ControlActions): StepTaker {
  const elsewhere = (): never => {
    throw new SimulatorError('bad_input', 'Operators of everthread do that at the desk; the page cannot.');
  };
  return {
    ...simulatedSteps(actions, psid),
    takesOver: elsewhere,
    operatorWrites: elsewhere,
    givesBack: elsewhere,
    skip: (duration) => actions.skip(psid, msOfSkip(duration)),
  };
}

/** From now to the next time that a clock in UTC shows this hour. */
function msUntilHour(hour: string, now: number): number {
  const [hours = 0, minutes = 0] = hour.split(':').map(Number);
  const then = new Date(now);
  then.setUTCHours(hours, minutes, 0, 0);
  if (then.getTime() <= now) then.setUTCDate(then.getUTCDate() + 1);
  return then.getTime() - now;
}
