import type { Outgoing, OutgoingItem } from '../composer/outgoing.ts';

interface OutgoingLineProps {
  readonly item: OutgoingItem;
  readonly outgoing: Outgoing;
}

/** A message that this page is sending, or could not send. */
export function OutgoingLine({ item, outgoing }: OutgoingLineProps) {
  const { key, body, failure, mayBeOut } = item;
  if (mayBeOut && failure === undefined) return <p class="soft">Looking whether your last message went out …</p>;
  return (
    <div class="message" data-author="operator">
      <div class="bubble" data-status={failure === undefined ? 'pending' : 'failed'}>
        <p class="text">{body.text ?? body.savedReply ?? `(${body.attachment?.type ?? 'message'})`}</p>
      </div>
      {failure === undefined ? (
        <p class="marks">Sending …</p>
      ) : (
        <p class="marks trouble" role="alert">
          Not sent: {failure.words}{' '}
          {failure.mayRetry && (
            <button type="button" class="link" onClick={() => outgoing.retry(key)}>
              Try again
            </button>
          )}{' '}
          <button type="button" class="link" onClick={() => outgoing.drop(key)}>
            Remove
          </button>
        </p>
      )}
    </div>
  );
}
