/** Throws when the SDK has no such function any more. */
export function mustHave(owner, name) {
  if (typeof owner?.[name] === 'function') return;
  throw new Error(
    `@temporalio/worker has no ${name} any more. Adapt src/temporal/workflow-thread to this version of the SDK.`,
  );
}
