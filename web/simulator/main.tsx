import { render } from 'preact';
import { createPageActions } from './page-actions.ts';
import { createPageStore } from './page-store.ts';
import { SimulatorPage } from './page.tsx';

const store = createPageStore();
render(<SimulatorPage store={store} actions={createPageActions(store)} />, document.body);
store.start();
