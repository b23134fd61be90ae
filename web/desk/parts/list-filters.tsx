import { useEffect, useState } from 'preact/hooks';
import { useDesk } from '../desk-context.ts';

interface TextFilterProps {
  readonly name: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** A filter by words. */
export function TextFilter({ name, text, onChange }: TextFilterProps) {
  // The page is drawn again while somebody types.
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  return (
    <input
      type="text"
      aria-label={name}
      placeholder={name}
      maxLength={100}
      value={typed}
      size={8}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
  );
}

interface PageFilterProps {
  /** The id; empty: all. */
  readonly page: string;
  readonly onChange: (page: string) => void;
}

/** A filter by Page, for operators who see several. */
export function PageFilter({ page, onChange }: PageFilterProps) {
  const { pages } = useDesk().session;
  if (pages === null)
    return <TextFilter name="Page id" text={page} onChange={(text) => onChange(text.replace(/\D/g, ''))} />;
  if (pages.length < 2) return null;
  return (
    <label>
      <span class="unseen">Page</span>
      <select value={page} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">All Pages</option>
        {pages.map((id) => (
          <option key={id} value={id}>
            Page {id}
          </option>
        ))}
      </select>
    </label>
  );
}
