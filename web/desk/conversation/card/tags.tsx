import { takeInput } from '../../../shared/forms.ts';
import { useDesk } from '../../desk-context.ts';
import type { SectionProps } from './section-props.ts';

/** The tags of the person. */
export function Tags({ conversation: { id, tags }, mayChange, onChange }: SectionProps) {
  const { api, attempt } = useDesk();
  async function change(tag: string, isAdded: boolean): Promise<void> {
    const params = { path: { id, tag } };
    const path = '/conversations/{id}/tags/{tag}';
    await attempt(() => (isAdded ? api.PUT(path, { params }) : api.DELETE(path, { params })));
    onChange();
  }
  return (
    <section aria-label="Tags">
      <h2>Tags</h2>
      <p class="badges">
        {tags.length === 0 && <span class="soft">None</span>}
        {tags.map((tag) => (
          <span key={tag} class="badge tag">
            {tag}
            {mayChange && (
              <button
                type="button"
                class="quiet"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => void change(tag, false)}
              >
                ✕
              </button>
            )}
          </span>
        ))}
      </p>
      {mayChange && (
        <form
          class="inline"
          onSubmit={(event) => {
            const tag = takeInput(event);
            if (tag !== '') void change(tag, true);
          }}
        >
          <input aria-label="New tag" placeholder="New tag" maxLength={100} />
          <button type="submit">Add</button>
        </form>
      )}
    </section>
  );
}
