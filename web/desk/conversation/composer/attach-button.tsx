import { useRef, useState } from 'preact/hooks';
import { useDesk } from '../../desk-context.ts';
import { Icon } from '../../parts/icon.tsx';
import type { MessageBody } from './outgoing.ts';

interface AttachButtonProps {
  readonly conversation: string;
  readonly isDisabled: boolean;
  readonly onUploaded: (attachment: NonNullable<MessageBody['attachment']>) => void;
}

/** The name travels as this, because `text/plain` is what a page of any origin may send. */
const UNNAMED_TYPE = 'application/octet-stream';

/** Uploads a file to Meta, and sends it. */
export function AttachButton({ conversation, isDisabled, onUploaded }: AttachButtonProps) {
  const { api, attempt } = useDesk();
  const [isBusy, setIsBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  async function upload(file: File): Promise<void> {
    setIsBusy(true);
    const type = file.type === '' || file.type.startsWith('text/') ? UNNAMED_TYPE : file.type;
    await attempt(async () => {
      const { type: kind, attachmentId } = await api.POST('/conversations/{id}/uploads', {
        params: { path: { id: conversation }, query: { name: file.name.slice(0, 200) } },
        // The document calls a file a text.
        body: file as unknown as string,
        bodySerializer: (body) => body,
        headers: { 'content-type': type },
      });
      onUploaded({ type: kind, attachmentId });
    });
    setIsBusy(false);
  }

  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to send"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) void upload(file);
        }}
      />
      <button
        type="button"
        class="quiet"
        aria-label={isBusy ? 'Uploading …' : 'Attach a file'}
        title="Attach a file, at most 25 MB"
        disabled={isBusy || isDisabled}
        onClick={() => input.current?.click()}
      >
        <Icon name={isBusy ? 'more' : 'clip'} />
      </button>
    </>
  );
}
