import { OWN_TOPICS, type OwnTopic } from '../../../src/domain/outgoing-event.ts';
import { textOf } from '../../shared/forms.ts';
import { useDesk } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';
import { pagesOf } from './page-ids.ts';
import type { NewSecret } from './secret-dialog.tsx';

interface AddWebhookDialogProps {
  readonly onClose: () => void;
  readonly onAdd: () => void;
  readonly onSecret: (secret: NewSecret) => void;
}

const TOPIC_WORDS: Readonly<Record<OwnTopic, string>> = {
  'lead.created': 'A new lead',
  handoff: 'Somebody waits for an operator',
  'handoff.taken': 'An operator takes over',
  'handoff.ended': 'The bot answers again',
  'handoff.unanswered': 'Somebody waits too long',
  'opt-out': 'An opt-out',
  'opt-in': 'An opt-in',
  'circuit-breaker.opened': 'Sending stops for a Page',
  'circuit-breaker.closed': 'Sending works again',
  'dead-event': 'An event cannot be handled',
};
/** What most systems want. */
const CHOSEN: readonly OwnTopic[] = ['lead.created', 'handoff', 'handoff.unanswered'];

/** Asks where events are to be posted, and which. */
export function AddWebhookDialog({ onClose, onAdd, onSecret }: AddWebhookDialogProps) {
  const { api, session, attempt } = useDesk();

  async function add(fields: FormData): Promise<void> {
    const name = textOf(fields, 'name');
    const more = textOf(fields, 'more')
      .split(/[\s,]+/)
      .filter(Boolean);
    const pages = pagesOf(fields);
    const body = {
      name,
      url: textOf(fields, 'url'),
      topics: [...fields.getAll('topic').map(String), ...more],
      format: fields.get('format') === 'slack' ? ('slack' as const) : ('standard' as const),
      ...(pages && { pages }),
    };
    const isDone = await attempt(async () => {
      const { secret } = await api.POST('/webhooks', { body });
      if (secret !== null) onSecret({ name, secret });
    }, `${name} is added.`);
    if (!isDone) return;
    onAdd();
    onClose();
  }

  return (
    <Dialog title="Add a destination" submitWords="Add" onClose={onClose} onSubmit={add}>
      <label>
        Name (lower-case letters, digits and hyphens)
        <input
          name="name"
          required
          maxLength={50}
          pattern="[a-z0-9\-]+"
          placeholder="crm"
          autocomplete="off"
          autofocus
        />
      </label>
      <label>
        Address
        <input name="url" type="url" required maxLength={5000} placeholder="https://…" autocomplete="off" />
      </label>
      <label>
        Form of the posts
        <select name="format">
          <option value="standard">Signed JSON, for programs (Standard Webhooks)</option>
          <option value="slack">A message in Slack (incoming webhook)</option>
        </select>
      </label>
      <fieldset class="topics">
        <legend>When to post</legend>
        {OWN_TOPICS.map((topic) => (
          <label key={topic} class="choice">
            <input type="checkbox" name="topic" value={topic} defaultChecked={CHOSEN.includes(topic)} />
            {TOPIC_WORDS[topic]}
          </label>
        ))}
      </fieldset>
      <label>
        More topics of your bot (with spaces between them; “*” is everything)
        <input name="more" autocomplete="off" />
      </label>
      <label>
        Only these Pages (ids; empty: {session.pages === null ? 'all' : 'all of yours'})
        <input name="pages" inputMode="numeric" autocomplete="off" />
      </label>
    </Dialog>
  );
}
