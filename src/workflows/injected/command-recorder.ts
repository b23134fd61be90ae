/**
 * Sees what today's code asks of the engine while a history is replayed (`everthread check`). It is in no other bundle,
 * and changes nothing that it sees.
 */

import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export interface Seen {
  readonly kind: 'local activity' | 'activity' | 'timer' | 'signal' | 'end';
  readonly name: string;
  readonly summary?: string;
  readonly source?: string;
}

export interface WitnessSinks extends Sinks {
  readonly witness: { saw(seen: Seen): void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { witness } = proxySinks<WitnessSinks>();
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          witness.saw(activity('activity', input));
          return next(input);
        },
        scheduleLocalActivity(input, next) {
          witness.saw(activity('local activity', input));
          return next(input);
        },
        startTimer(input, next) {
          const { summary } = input.options ?? {};
          witness.saw({ kind: 'timer', name: '', ...(summary !== undefined && { summary }) });
          return next(input);
        },
        signalWorkflow(input, next) {
          witness.saw({ kind: 'signal', name: input.signalName });
          return next(input);
        },
        continueAsNew(input, next) {
          witness.saw({ kind: 'end', name: 'continued as new' });
          return next(input);
        },
      },
    ],
  };
};

interface ActivityCall {
  readonly activityType: string;
  readonly args: readonly unknown[];
  readonly options: object;
}

function activity(kind: Seen['kind'], { activityType, args, options }: ActivityCall): Seen {
  const { summary } = options as { readonly summary?: string };
  const { source } = (args[0] ?? {}) as { readonly source?: unknown };
  return {
    kind,
    name: activityType,
    ...(summary !== undefined && { summary }),
    ...(typeof source === 'string' && { source }),
  };
}
