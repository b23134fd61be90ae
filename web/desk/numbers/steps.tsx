/** A step, and how many people reached it. */
export interface Step {
  readonly name: string;
  readonly people: number;
  /** What else is known of it. */
  readonly words?: string;
}

interface StepsProps {
  readonly label: string;
  readonly steps: readonly Step[];
}

/** Steps with a bar each: as long as the part of the people who got there. */
export function Steps({ label, steps }: StepsProps) {
  const most = Math.max(1, ...steps.map(({ people }) => people));
  return (
    <ol class="steps" aria-label={label}>
      {steps.map(({ name, people, words }) => (
        <li key={name}>
          <span>
            {name}: <strong>{people}</strong> {people === 1 ? 'person' : 'people'}{' '}
            <span class="soft">({Math.round((people / most) * 100)} %)</span>
          </span>
          <span class="track" aria-hidden="true">
            <span style={`--part: ${people / most}`} />
          </span>
          {words !== undefined && <span class="soft">{words}</span>}
        </li>
      ))}
    </ol>
  );
}
