/** Everything that code outside the sandbox may know of a workflow: names, ids, messages, inputs and activities. */
export * from './activity-types.ts';
export * from './failure-sinks.ts';
export * from './ids.ts';
export * from './messages.ts';
export * from './operator-messages.ts';
export * from './topic-messages.ts';
