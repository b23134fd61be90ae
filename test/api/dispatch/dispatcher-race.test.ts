import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TemporalUnavailable, DeliveryRejected } from '../../../src/api/dispatch/conversation-client.ts';
import type { ConversationId } from '../../../src/domain/conversation-id.ts';
import { anEmptyStore, aStoreAt, targets, type Target } from '../../store/targets.ts';
import { START } from '../../support/events.ts';
import { aDispatcher, eventsOf } from './dispatching.ts';
import { RecordingClient, until } from './recording-client.ts';

const POSTGRES = targets[1] as Target;
const PEOPLE = 6;
const EVENTS = 15;

/** What Temporal may do before it accepts a signal. */
const anAnswer = fc.oneof(
  { weight: 6, arbitrary: fc.constant('now' as const) },
  { weight: 3, arbitrary: fc.constant('later' as const) },
  { weight: 1, arbitrary: fc.constant('busy' as const) },
  { weight: 1, arbitrary: fc.constant('unavailable' as const) },
  { weight: 1, arbitrary: fc.constant('too large' as const) },
);

test('two dispatchers on one PostgreSQL: nothing twice, nothing out of order, no conversation forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAnswer, { minLength: 40, maxLength: 40 }), async (answers) => {
      const { store, url } = await anEmptyStore(POSTGRES);
      const other = await aStoreAt(url);
      const conversationClient = new RecordingClient();
      const underWay = new Set<ConversationId>();
      let isAlone = true;
      let calls = 0;
      conversationClient.before = async (conversation, items) => {
        isAlone &&= !underWay.has(conversation);
        underWay.add(conversation);
        const answer = answers[calls % answers.length];
        calls += 1;
        await new Promise((resolve) => (answer === 'later' ? setTimeout(resolve, 3) : setImmediate(resolve)));
        underWay.delete(conversation);
        if (answer === 'busy' && calls < 40) throw new Error('busy workflow');
        if (answer === 'unavailable' && calls < 40) throw new TemporalUnavailable('unavailable');
        if (answer === 'too large' && items.length > 1) throw new DeliveryRejected('too large');
      };
      const [one, two] = [aDispatcher(store, conversationClient), aDispatcher(other, conversationClient)];

      await Promise.all(
        Array.from({ length: PEOPLE }, async (_, person) => {
          for (let index = 0; index < EVENTS; index += 1) {
            const isOne = (person + index) % 2 === 0;
            const reservation = (isOne ? one : two).dispatcher.reserve();
            const offerLease = index % 3 === 0 ? () => undefined : reservation.offerLease;
            const events = eventsOf(person, 1, START + index);
            reservation.dispatch(await (isOne ? store : other).inbox.record(events, Date.now(), offerLease));
          }
        }),
      );
      await until(async () => (await store.inbox.backlog()).pending === 0);
      await Promise.all([one.dispatcher.stop(), two.dispatcher.stop()]);

      expect(isAlone).toBe(true);
      expect(conversationClient.count).toBe(PEOPLE * EVENTS);
      for (const ids of conversationClient.taken.values())
        expect(ids).toEqual(ids.toSorted((first, second) => first - second));
    }),
    { numRuns: 3 },
  );
});
