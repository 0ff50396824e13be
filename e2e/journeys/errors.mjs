// Pages that say what is wrong.
import { within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';

export function add() {
  for (const [path, status, who] of [
    ['/nothing/here', 404, undefined],
    ['/deltas/D-999999', 404, undefined],
    ['/deltas/nonsense', 404, undefined],
    ['/orgs/nobody', 404, 'ada'],
    ['/projects/heron/settings', 403, 'ada'],
    ['/admin', 403, 'ada'],
  ]) {
    journey(`${path} answers ${status} with words and a way on`, (world) =>
      within(world, { script: false, as: who }, async (page) => {
        const answer = await page.goto(path);
        that(answer.status() === status, `status ${answer.status()}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        that((await page.getByRole('main').getByRole('link').count()) > 0, 'no way on');
      }));
  }

  journey('a form with wrong input answers 422 and keeps what was typed', (world) =>
    within(world, { script: false }, async (page) => {
      await page.goto('/register');
      await page.getByLabel('Handle', { exact: true }).fill('me');
      await page.getByLabel('Name', { exact: true }).fill('Somebody New');
      await page.getByLabel('E-mail').fill('new@mail.example');
      await page.getByLabel('Password').fill('long enough words');
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Create your account' }).click();
      that((await answer).status() === 422, `status ${(await answer).status()}`);
      that((await page.getByLabel('Name', { exact: true }).inputValue()) === 'Somebody New', 'the name is gone');
      await page.getByText('choose another').waitFor();
    }));

  journey('a wrong query says where', (world) =>
    within(world, { script: false }, async (page) => {
      await page.goto(`/deltas?q=${encodeURIComponent('is:opne')}`);
      await page.getByText(/opne/).first().waitFor();
      await page.getByRole('main').getByText(/column|did you mean|open/i).first().waitFor();
    }));
}
