import { useEffect, useState } from 'preact/hooks';
import { Chat } from './chat/chat.tsx';
import { PageActionsContext, usePageActions, type PageActions } from './page-actions.ts';
import type { PageState, PageStore, Pane } from './page-store.ts';
import { People } from './people/people.tsx';
import { Timeline } from './timeline/timeline.tsx';

const PANES: readonly { readonly pane: Pane; readonly name: string }[] = [
  { pane: 'people', name: 'People' },
  { pane: 'chat', name: 'Chat' },
  { pane: 'timeline', name: 'What happened' },
];

/** The whole page: people on the left, the open conversation, and its timeline on the right. */
export function SimulatorPage({ store, actions }: { readonly store: PageStore; readonly actions: PageActions }) {
  const state = usePageState(store);
  const { simulator, openPsid, pane, isConnected, notice, thread } = state;
  const failure = notice?.isFailure ? notice.text : undefined;
  const firstName = thread?.person.firstName;
  useEffect(() => {
    if (firstName !== undefined) document.title = `${firstName} · Messenger on localhost`;
  }, [firstName]);
  return (
    <PageActionsContext.Provider value={actions}>
      <main class="layout" data-pane={pane} data-connected={isConnected}>
        <h1 class="unseen">Messenger on localhost</h1>
        <PaneButtons shown={pane} />
        <People people={simulator?.people ?? []} openPsid={openPsid} pageName={simulator?.pageName ?? ''} />
        <Chat state={state} />
        <Timeline
          thread={thread}
          simulator={simulator}
          inspection={state.inspection}
          highlighted={state.highlighted}
          notice={notice}
        />
        <p class="notice" role="alert" hidden={failure === undefined}>
          {failure}
        </p>
      </main>
    </PageActionsContext.Provider>
  );
}

function PaneButtons({ shown }: { readonly shown: Pane }) {
  const { showPane } = usePageActions();
  return (
    <nav class="panes" aria-label="Parts of the page">
      {PANES.map(({ pane, name }) => (
        <button key={pane} type="button" aria-pressed={pane === shown} onClick={() => showPane(pane)}>
          {name}
        </button>
      ))}
    </nav>
  );
}

function usePageState(store: PageStore): PageState {
  const [state, setState] = useState(store.current());
  useEffect(() => store.subscribe(setState), [store]);
  return state;
}
