import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { usePageActions } from '../page-actions.ts';
import type { WebhookView } from '../views.ts';
import { indentJson, Json } from './json.tsx';

/** A webhook: how its delivery went, its body, and what one can do with it. */
export function WebhookCall({
  webhook,
  children,
}: {
  readonly webhook: WebhookView;
  readonly children: ComponentChildren;
}) {
  const { kind, isAccepted, tries, lastAnswer, tookMs, body } = webhook;
  const accepted = tries > 1 ? `taken after ${tries} tries` : 'taken';
  const waiting = tries === 0 ? 'on its way' : `${lastAnswer}, tried ${tries}×`;
  return (
    <details>
      <summary>
        <span class="label">Webhook</span>
        <span class="detail">{kind}</span>
        <span class="result" data-result={isAccepted ? 'accepted' : 'waiting'}>
          {isAccepted ? accepted : waiting}
        </span>
        {isAccepted && tookMs !== undefined && <span class="took">{tookMs} ms</span>}
        {children}
      </summary>
      <Json text={body} />
      <WebhookTools webhook={webhook} />
    </details>
  );
}

function WebhookTools({ webhook: { seq, body } }: { readonly webhook: WebhookView }) {
  const { copyCurl, deliverAgain } = usePageActions();
  const [isEditing, setIsEditing] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  return (
    <div class="call-tools">
      <button type="button" onClick={() => copyCurl(seq)}>
        Copy as curl
      </button>
      <button type="button" onClick={() => deliverAgain(seq)}>
        Deliver again
      </button>
      <button type="button" aria-expanded={isEditing} onClick={() => setIsEditing(!isEditing)}>
        Edit
      </button>
      {isEditing && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            deliverAgain(seq, text.current?.value ?? '');
          }}
        >
          <textarea
            ref={text}
            aria-label="Body of the webhook"
            rows={12}
            spellcheck={false}
            defaultValue={indentJson(body)}
          />
          <button type="submit">Sign and deliver</button>
        </form>
      )}
    </div>
  );
}
