import { expect, test } from 'vitest';
import { anOperatorApp, PASSWORD } from '../api/operator/an-operator-app.ts';
import { useBrowser } from '../support/browser.ts';
import { openDesk, openLogin } from './support.ts';

const browser = useBrowser();

test('an operator logs in, is told of a wrong password, and logs out', async () => {
  const desk = await anOperatorApp();
  await desk.store.operators.add({ name: 'Ada', role: 'agent', password: PASSWORD }, Date.now());
  const page = await openLogin(browser(), desk);
  const login = page.getByRole('form', { name: 'Log in' });
  const views = page.getByRole('navigation', { name: 'Views' });

  const logIn = async (password: string) => {
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  };
  await logIn('wrong horse battery');
  await page.getByRole('alert').getByText('belong together').waitFor();
  await logIn(PASSWORD);
  await views.waitFor();
  await page.reload();
  await views.waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await login.waitFor();
  await page.reload();
  await login.waitFor();
  expect(await views.count()).toBe(0);
});

test('a session that ends elsewhere shows the login', async () => {
  const desk = await anOperatorApp();
  const page = await openDesk(browser(), desk, { expected: /status of 401/ });
  await desk.store.operators.disable('Ada', Date.now());
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await page.getByRole('form', { name: 'Log in' }).waitFor();
  expect(await page.getByRole('navigation', { name: 'Views' }).count()).toBe(0);
});
