// Making an account, signing in and out.
import { WORD, within } from '../lib/browser.mjs';
import { signIn } from '../lib/pages.mjs';
import { journey, that } from '../lib/runner.mjs';
import { account } from './start.mjs';

export function add() {
  for (const [script, name, display] of [[true, 'ada', 'Ada Mensah'], [false, 'bob', 'Bob Winter']]) {
    const how = script ? '' : ', without JavaScript';
    journey(`register, sign out, sign in${how}`, (world) =>
      within(world, { script }, async (page) => {
        await page.goto('/register');
        await account(page, name, display, 'Create your account');
        await page.getByRole('heading', { name: `Hello, ${display}` }).waitFor();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }).waitFor();
        await signIn(page, name, WORD);
        await page.getByRole('navigation', { name: 'Main' }).getByText(display).waitFor();
      }), { always: true });

    journey(`a wrong password is refused in words and the handle is kept${how}`, (world) =>
      within(world, { script }, async (page) => {
        await page.goto('/sign-in');
        await page.getByLabel('Handle or e-mail').fill(name);
        await page.getByLabel('Password').fill('not the password');
        const answer = page.waitForResponse((response) => response.request().method() === 'POST');
        await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
        that([401, 403, 422].includes((await answer).status()), 'it is not refused');
        that((await page.getByLabel('Handle or e-mail').inputValue()) === name, 'the handle is gone');
        await page.getByText(/password/i).first().waitFor();
      }));
  }

  journey('a page that needs somebody leads to signing in and back', (world) =>
    within(world, { script: false }, async (page) => {
      await page.goto('/settings');
      await page.getByLabel('Handle or e-mail').fill('ada');
      await page.getByLabel('Password').fill(WORD);
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/settings');
    }));
}
