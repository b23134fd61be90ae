import type { Schemas } from '../../../src/client/index.ts';
import { textOf } from '../../shared/forms.ts';
import { useDesk } from '../desk-context.ts';
import { Dialog } from '../parts/dialog.tsx';

interface SavedReplyDialogProps {
  /** Left out: a new one. */
  readonly reply: Schemas['SavedReply'] | undefined;
  readonly onClose: () => void;
  readonly onSave: () => void;
}

/** Asks for a saved reply, and says what can stand in it. */
export function SavedReplyDialog({ reply, onClose, onSave }: SavedReplyDialogProps) {
  const { api, session, attempt } = useDesk();

  async function save(fields: FormData): Promise<void> {
    const page = textOf(fields, 'page');
    const body = { name: textOf(fields, 'name'), text: textOf(fields, 'text'), page: page === '' ? null : page };
    const isDone = await attempt(
      () =>
        reply
          ? api.PUT('/saved-replies/{replyId}', { params: { path: { replyId: reply.id } }, body })
          : api.POST('/saved-replies', { body }),
      `“${body.name}” is saved.`,
    );
    if (!isDone) return;
    onSave();
    onClose();
  }

  return (
    <Dialog title={reply ? `Edit ${reply.name}` : 'Add a reply'} submitWords="Save" onClose={onClose} onSubmit={save}>
      <label>
        Name
        <input name="name" required maxLength={50} autocomplete="off" autofocus defaultValue={reply?.name} />
      </label>
      <label>
        Text
        <textarea name="text" required rows={5} maxLength={2000} defaultValue={reply?.text} />
      </label>
      <Placeholders />
      <label>
        {session.pages === null ? 'Only on this Page (its id; empty: on all)' : 'Page (its id)'}
        <input
          name="page"
          inputMode="numeric"
          autocomplete="off"
          pattern="[0-9]*"
          required={session.pages !== null}
          defaultValue={reply ? (reply.page ?? '') : (session.pages?.[0] ?? '')}
        />
      </label>
    </Dialog>
  );
}

function Placeholders() {
  return (
    <div class="soft">
      <p>In the text, these stand for what is known of each person:</p>
      <dl class="placeholders">
        <dt>{'{{firstName}}'}</dt>
        <dd>first name</dd>
        <dt>{'{{lastName}}'}</dt>
        <dd>last name</dd>
        <dt>{'{{name}}'}</dt>
        <dd>both names</dd>
        <dt>{'{{operator}}'}</dt>
        <dd>your name</dd>
      </dl>
      <p>
        Not every name is known. Write {'{{firstName|there}}'}, and people without a name read “there”; without such a
        word the reply cannot be sent to them.
      </p>
    </div>
  );
}
