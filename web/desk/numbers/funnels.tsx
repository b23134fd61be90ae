import type { Item } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { formatSpan } from '../parts/times.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { toAddress } from '../route.ts';
import { Steps, type Step } from './steps.tsx';

interface FunnelsProps {
  readonly numbers: readonly Item<'/numbers'>[];
  /** People who entered since then, ISO 8601. */
  readonly since: string;
  readonly page: string;
}

/** How far people got: in each funnel, and in each sequence. */
export function Funnels({ numbers, since, page }: FunnelsProps) {
  const { api } = useDesk();
  const ofPage = page === '' ? {} : { page };
  const funnels = useLoaded(
    (signal) => api.GET('/funnels', { params: { query: { since, ...ofPage } }, signal }),
    [since, page],
  );
  // Who runs a sequence is known to Temporal; without it the other numbers stay.
  const { data: sequences } = useLoaded(
    (signal) => api.GET('/sequences', { params: { query: ofPage }, signal }),
    [page],
  );
  return (
    <>
      <WhenLoaded loaded={funnels}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel title="Funnels">
              <p class="soft">
                Nobody entered a funnel on these days. Funnels are part of the bot: the plugin “analytics” counts them.
              </p>
            </Panel>
          ) : (
            [...new Set(items.map(({ funnel }) => funnel))].map((funnel) => (
              <Panel
                key={funnel}
                title={`Funnel ${funnel}`}
                words="People who entered the funnel in the period, and how many of them reached each step: a person counts once."
              >
                <Steps
                  label={`Steps of ${funnel}`}
                  steps={items
                    .filter((item) => item.funnel === funnel)
                    .map(({ step, people, last, afterMs }) => ({
                      name: step,
                      people,
                      words: `${last} went no further${afterMs > 0 ? `; after ${formatSpan(afterMs)} on average` : ''}`,
                    }))}
                />
                <ConversationsLink page={page} />
              </Panel>
            ))
          )
        }
      </WhenLoaded>
      {sequenceSteps(numbers).map(([sequence, steps]) => {
        const running = sequences?.items.find(({ name }) => name === sequence)?.running;
        return (
          <Panel
            key={sequence}
            title={`Sequence ${sequence}`}
            words={`People who got each message of the sequence in the period.${running === undefined ? '' : ` ${running} are in it now.`}`}
          >
            <Steps label={`Messages of ${sequence}`} steps={steps} />
            <ConversationsLink page={page} />
          </Panel>
        );
      })}
    </>
  );
}

function ConversationsLink({ page }: Pick<FunnelsProps, 'page'>) {
  return (
    <p class="soft">
      <a href={toAddress({ view: 'inbox', parts: ['all'], query: { page } })}>Conversations</a>
    </p>
  );
}

function sequenceSteps(numbers: FunnelsProps['numbers']): [string, Step[]][] {
  const people = new Map<string, Map<number, number>>();
  for (const { sequence, step, people: count } of numbers.flatMap((day) => day.sequenceSteps)) {
    const steps = people.get(sequence) ?? new Map<number, number>();
    people.set(sequence, steps.set(step, (steps.get(step) ?? 0) + count));
  }
  return [...people].map(([sequence, steps]) => [
    sequence,
    [...steps]
      .toSorted(([one], [other]) => one - other)
      .map(([step, count]) => ({ name: `Message ${step}`, people: count })),
  ]);
}
