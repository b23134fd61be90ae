import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { textOf } from '../../shared/forms.ts';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { WhenLoaded } from '../parts/view.tsx';
import { Examples } from './examples.tsx';
import { PeopleByReason } from './people-by-reason.tsx';

interface PreviewProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** Who would get the broadcast if it started now, and why the others would not. Nothing is sent. */
export function Preview({ name, onClose }: PreviewProps) {
  const { api } = useDesk();
  const [edition, setEdition] = useState('');
  const counted = useLoaded(
    (signal) =>
      api.POST('/broadcasts/{name}/dry-run', {
        params: { path: { name } },
        body: edition === '' ? {} : { edition },
        signal,
      }),
    [name, edition],
  );
  function count(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    setEdition(textOf(new FormData(event.currentTarget), 'edition'));
  }
  return (
    <div class="preview" role="group" aria-label={`Preview of ${name}`}>
      <form class="tools" onSubmit={count}>
        <label>
          Edition
          <input name="edition" maxLength={50} placeholder="1" autocomplete="off" defaultValue={edition} />
        </label>
        <button type="submit">Count again</button>
        <button type="button" class="end" onClick={onClose}>
          Close
        </button>
      </form>
      <WhenLoaded loaded={counted}>
        {({ begun, leftOut, examples, isComplete, edition: counts }) => (
          <>
            <p>
              <strong>{begun}</strong> {begun === 1 ? 'person would get' : 'people would get'} edition {counts} if it
              started now. Nothing has been sent.
            </p>
            <PeopleByReason leftOut={leftOut} />
            <Examples examples={examples} />
            {!isComplete && (
              <p class="soft">
                There are too many people to count in ten seconds: these are the first. A start reaches all.
              </p>
            )}
          </>
        )}
      </WhenLoaded>
    </div>
  );
}
