import type { ComponentChildren } from 'preact';
import type { Loaded } from '../load.ts';

interface ViewProps {
  readonly title: string;
  /** What the view is for, in a sentence. */
  readonly words?: string;
  readonly children: ComponentChildren;
}

/** A view that scrolls as a whole, with its title. */
export function View({ title, words, children }: ViewProps) {
  return (
    <div class="page">
      <div class="inner">
        <h1>{title}</h1>
        {words !== undefined && <p class="soft">{words}</p>}
        {children}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  /** What is shown, in a sentence. */
  readonly words?: ComponentChildren;
  /** What can be done with all of it. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of a view. */
export function Panel({ title, words, actions, children }: PanelProps) {
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {actions}
      </header>
      {words !== undefined && <p class="soft">{words}</p>}
      {children}
    </section>
  );
}

interface WhenLoadedProps<T> {
  readonly loaded: Pick<Loaded<T>, 'data' | 'error' | 'reload'>;
  readonly children: (data: T) => ComponentChildren;
}

/** What was read; until then a word, and after a failure the reason and another try. */
export function WhenLoaded<T>({ loaded: { data, error, reload }, children }: WhenLoadedProps<T>) {
  return (
    <>
      {error && (
        <div class="trouble" role="alert">
          <p>{error.message}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {data === undefined && !error && <p class="soft">Loading …</p>}
      {data !== undefined && children(data)}
    </>
  );
}
