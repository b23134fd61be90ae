/**
 * Records the commands that the workflows issue while a history is replayed (`everthread check`). Only bundles for
 * replays contain it; it changes no command.
 */

import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** One command of a workflow, or how its run ended. */
export interface RecordedCommand {
  readonly kind: 'local activity' | 'activity' | 'timer' | 'signal' | 'end';
  /** Name of the activity or signal; of an end, what happened. */
  readonly name: string;
  readonly summary?: string;
  /** Of a send: which plugin or sequence asked for it. */
  readonly source?: string;
}

/** Carries the commands out of the sandbox. */
export interface RecorderSinks extends Sinks {
  readonly recorder: { record(command: RecordedCommand): void };
}

/** The interceptors that Temporal adds to each workflow of the bundle. */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const { recorder } = proxySinks<RecorderSinks>();
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          recorder.record(activityCommand('activity', input));
          return next(input);
        },
        scheduleLocalActivity(input, next) {
          recorder.record(activityCommand('local activity', input));
          return next(input);
        },
        startTimer(input, next) {
          const { summary } = input.options ?? {};
          recorder.record({ kind: 'timer', name: '', ...(summary !== undefined && { summary }) });
          return next(input);
        },
        signalWorkflow(input, next) {
          recorder.record({ kind: 'signal', name: input.signalName });
          return next(input);
        },
        continueAsNew(input, next) {
          recorder.record({ kind: 'end', name: 'continued as new' });
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

function activityCommand(
  kind: RecordedCommand['kind'],
  { activityType, args, options }: ActivityCall,
): RecordedCommand {
  const { summary } = options as { readonly summary?: string };
  const { source } = (args[0] ?? {}) as { readonly source?: unknown };
  return {
    kind,
    name: activityType,
    ...(summary !== undefined && { summary }),
    ...(typeof source === 'string' && { source }),
  };
}
