import { usePageActions } from '../page-actions.ts';

/** Replays a test that was saved, as a new person. */
export function LoadTest() {
  const { replayTest } = usePageActions();
  return (
    <details class="new-people">
      <summary>Replay a saved test</summary>
      <label>
        Test file
        <input
          type="file"
          accept=".ts,.js,.mjs"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) replayTest(file);
            // The same file can be chosen again.
            currentTarget.value = '';
          }}
        />
      </label>
    </details>
  );
}
