import { useEffect } from 'preact/hooks';
import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { PeopleByReason } from './people-by-reason.tsx';

const EVERY_MS = 2000;

/** How far a running broadcast is, read again and again. */
export function Progress({ name }: { readonly name: string }) {
  const { api } = useDesk();
  const { data, error, reload } = useLoaded(
    (signal) => api.GET('/broadcasts/{name}', { params: { path: { name } }, signal }),
    [name],
  );
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (error) return <p class="failure">{error.message}</p>;
  if (!data?.tally) return <p class="soft">It runs; how far it is, is not known at the moment.</p>;
  const { begun, leftOut } = data.tally;
  return (
    <div role="group" aria-label={`Progress of ${name}`}>
      <p>
        <strong>{begun}</strong> {begun === 1 ? 'person gets' : 'people get'} it so far.
      </p>
      <PeopleByReason leftOut={leftOut} />
    </div>
  );
}
