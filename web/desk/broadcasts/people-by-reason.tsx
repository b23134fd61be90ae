import { wordsOf } from '../../../src/domain/send-reasons.ts';

interface PeopleByReasonProps {
  readonly leftOut: Readonly<Record<string, number>>;
}

/** How many people do not get it, and why, the most frequent reason first. */
export function PeopleByReason({ leftOut }: PeopleByReasonProps) {
  const reasons = Object.entries(leftOut).toSorted(([, one], [, other]) => other - one);
  if (reasons.length === 0) return <p class="soft">Nobody is left out.</p>;
  return (
    <>
      <p>Left out:</p>
      <ul class="reasons">
        {reasons.map(([reason, people]) => (
          <li key={reason}>
            <strong>{people}</strong> {reasonWords(reason)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Why somebody is left out. */
export function reasonWords(reason: string): string {
  return reason === 'had_it_already' ? 'They got this edition before.' : wordsOf(reason);
}
