import type { Schemas } from '../../../src/client/index.ts';
import { nameOf } from '../inbox/names.ts';
import { conversationAddress } from '../route.ts';
import { reasonWords } from './people-by-reason.tsx';

interface ExamplesProps {
  readonly examples: Schemas['DryRun']['examples'];
}

/** Some of the people who would get it, and of those who would not, with their conversations. */
export function Examples({ examples }: ExamplesProps) {
  return (
    <>
      {examples.map(({ reason, people }) => (
        <details key={reason}>
          <summary>{reason === 'begun' ? 'Some who would get it' : `Some of those: ${reasonWords(reason)}`}</summary>
          <ul class="examples">
            {people.map(({ conversation, name }) => (
              <li key={conversation}>
                <a href={conversationAddress(conversation)}>{nameOf({ id: conversation, name })}</a>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}
