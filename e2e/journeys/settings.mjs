// One's own settings.
import { WORD, window, within } from '../lib/browser.mjs';
import { signIn } from '../lib/pages.mjs';
import { journey, that } from '../lib/runner.mjs';

export function add() {
  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';
    journey(`a token is shown once, works, and is revoked${how}`, (world) =>
      within(world, { script, as: 'ada' }, async (page) => {
        await page.goto('/settings/tokens');
        await page.getByLabel('What for').fill(`script ${script}`);
        await page.getByRole('button', { name: 'Create the token' }).click();
        const secret = await page.getByLabel("The token's secret").inputValue();
        const me = () => fetch(`${world.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
        const answer = await me();
        that(answer.ok && (await answer.json()).name === 'ada', `the token does not work: ${answer.status}`);
        await page.goto('/settings/tokens');
        that(!(await page.content()).includes(secret), 'the secret is shown again');
        await page.getByRole('button', { name: `Revoke script ${script}` }).click();
        await page.getByRole('button', { name: `Revoke script ${script}` }).waitFor({ state: 'detached' });
        that((await me()).status === 401, 'the revoked token works');
      }));

    journey(`another session is ended${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const other = await window(world.browser, { url: world.url });
        try {
          await signIn(other.page, 'bob', WORD);
          await page.goto('/settings/sessions');
          await page.getByRole('button', { name: 'End all others' }).click();
          await page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' });
          const answer = await other.page.goto('/settings');
          that(answer.status() === 401, `the ended session is still signed in: ${answer.status()}`);
        } finally {
          await other.close();
        }
      }));

    journey(`a new name is shown everywhere${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        await page.goto('/settings');
        const name = script ? 'Bob W. Winter' : 'Bob Winter';
        await page.getByLabel('Name', { exact: true }).fill(name);
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('navigation', { name: 'Main' }).getByText(name).waitFor();
      }));
  }
}
