import { useState } from 'preact/hooks';
import type { Schemas } from '../../../src/client/index.ts';
import { useDesk } from '../desk-context.ts';
import { ConfirmButton } from '../parts/confirm-dialog.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { useList } from '../parts/use-list.ts';
import { Panel, WhenLoaded } from '../parts/view.tsx';
import { SavedReplyDialog } from './saved-reply-dialog.tsx';

/** A saved reply. */
type SavedReply = Schemas['SavedReply'];

/** Texts that operators send again and again. */
export function SavedReplies() {
  const { api, attempt } = useDesk();
  const list = useList<SavedReply>((query, signal) => api.GET('/saved-replies', { params: { query }, signal }), []);
  const [edited, setEdited] = useState<SavedReply | 'new'>();

  async function remove({ id, name }: SavedReply): Promise<void> {
    await attempt(
      () => api.DELETE('/saved-replies/{replyId}', { params: { path: { replyId: id } } }),
      `“${name}” is deleted.`,
    );
    list.reload();
  }

  const columns: readonly Column<SavedReply>[] = [
    { name: 'Name', cell: ({ name }) => <strong>{name}</strong> },
    { name: 'Text', cell: ({ text }) => <span class="text">{text}</span> },
    { name: 'Page', cell: ({ page }) => page ?? 'All' },
    {
      name: 'Change',
      isNameHidden: true,
      cell: (reply) => (
        <span class="buttons">
          <button type="button" aria-label={`Edit ${reply.name}`} onClick={() => setEdited(reply)}>
            Edit …
          </button>
          <ConfirmButton
            words="Delete"
            about={reply.name}
            question="Nobody can choose it any more. Messages that were sent with it stay."
            onConfirm={() => remove(reply)}
          />
        </span>
      ),
    },
  ];
  return (
    <Panel
      title="Saved replies"
      words="Texts that operators send again and again: they find them with the button “/” under a message."
      actions={
        <button type="button" class="primary" onClick={() => setEdited('new')}>
          Add a reply …
        </button>
      }
    >
      <WhenLoaded loaded={list}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="soft">No reply is saved yet. Add the first one: the answer that you type most often.</p>
          ) : (
            <>
              <DataTable label="Saved replies" columns={columns} rows={items} keyOf={({ id }) => id} />
              <MoreButton list={list} />
            </>
          )
        }
      </WhenLoaded>
      {edited !== undefined && (
        <SavedReplyDialog
          reply={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onSave={list.reload}
        />
      )}
    </Panel>
  );
}
