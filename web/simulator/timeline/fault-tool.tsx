import { usePageActions } from '../page-actions.ts';
import type { FaultView, ThreadView } from '../views.ts';
import { FAULT_EFFECTS, faultName, FAULTS } from './faults.ts';

/** How many of the sends that a fault has hit are listed. */
const MAX_HITS = 3;

interface FaultToolProps {
  /** Those that wait for a send. */
  readonly faults: readonly FaultView[];
  readonly thread: ThreadView | undefined;
}

/** Breaks the next send, says which faults wait for one, and what they have hit. */
export function FaultTool({ faults, thread }: FaultToolProps) {
  const { addFault, clearFaults, showEntry } = usePageActions();
  const hits = (thread?.timeline ?? []).filter(({ send }) => send?.fault !== undefined).slice(-MAX_HITS);
  return (
    <>
      <details class="tool more">
        <summary>Break something at Meta</summary>
        <div class="buttons" role="group" aria-label="What goes wrong with the next send">
          {FAULTS.map(({ name, fault }) => (
            <button
              key={name}
              type="button"
              aria-pressed={faults.some((one) => isSame(one, fault))}
              onClick={() => addFault(fault)}
            >
              {name}
            </button>
          ))}
        </div>
        <ul class="hits" aria-label="What faults have hit">
          {hits.map(({ seq, title, send }) => (
            <li key={seq}>
              <button type="button" onClick={() => showEntry(String(seq))}>
                “{title || send?.how}”: {FAULT_EFFECTS[send?.fault ?? ''] ?? send?.fault}
              </button>
            </li>
          ))}
        </ul>
      </details>
      <p class="faults" hidden={faults.length === 0}>
        <span>Waiting for the next send: {faults.map(faultName).join(', ')}.</span>{' '}
        <button type="button" onClick={clearFaults}>
          Clear
        </button>
      </p>
    </>
  );
}

function isSame(one: FaultView, other: FaultView): boolean {
  return faultName({ ...one, times: 1 }) === faultName(other);
}
