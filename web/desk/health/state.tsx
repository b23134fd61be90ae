import type { ComponentChildren } from 'preact';

interface StateProps {
  /** `unknown`: neither good nor bad. */
  readonly is: 'good' | 'bad' | 'warning' | 'unknown';
  readonly children: ComponentChildren;
}

const MARKS = { good: '✓', bad: '✕', warning: '!', unknown: '–' } as const;

/** A state in words, with a mark for those who do not see its colour. */
export function State({ is, children }: StateProps) {
  return (
    <span class={`state ${is}`}>
      <span aria-hidden="true">{MARKS[is]}</span> {children}
    </span>
  );
}
