import { render } from 'preact';
import { DeskPage } from './desk-page.tsx';

render(<DeskPage />, document.body);
