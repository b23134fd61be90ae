import { useState } from 'preact/hooks';
import { safeUrl } from '../../shared/links.ts';

interface MediaProps {
  readonly type: string;
  /** Missing where only Meta could show it. */
  readonly url: string | undefined;
  readonly name: string;
  /** Whether a placeholder says the name; not where it stands below. */
  readonly isNamed?: boolean;
}

/** A picture or a player, or a placeholder where there is nothing to show. */
export function Media({ type, url, name, isNamed = true }: MediaProps) {
  const [failedUrl, setFailedUrl] = useState<string>();
  if (url === undefined || url === failedUrl) return <Placeholder type={type} name={isNamed ? name : ''} />;
  const src = mediaUrl(url);
  if (type === 'video') return <video src={src} controls preload="metadata" aria-label={name} />;
  if (type === 'audio') return <audio src={src} controls preload="metadata" aria-label={name} />;
  return <img loading="lazy" referrerPolicy="no-referrer" alt={name} src={src} onError={() => setFailedUrl(url)} />;
}

/** The address of a file: one that was uploaded to the simulator, or any that is safe to open. */
export function mediaUrl(url: string): string {
  return /^attachments\/\d+$/.test(url) ? url : safeUrl(url);
}

function Placeholder({ type, name }: { readonly type: string; readonly name: string }) {
  return (
    <div class="lost">
      <b aria-hidden="true">{type === 'video' ? '▶' : '🖼'}</b>
      {name && <span>{name}</span>}
    </div>
  );
}
