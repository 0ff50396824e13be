// A new instance: the secret address, the account, the first project, the organisation and its board.
import { WORD, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';

/** Fills in the form of an account and sends it. */
export async function account(page, name, display, button) {
  await page.getByLabel('Handle', { exact: true }).fill(name);
  await page.getByLabel('Name', { exact: true }).fill(display);
  await page.getByLabel('E-mail').fill(`${name}@mail.example`);
  await page.getByLabel('Password').fill(WORD);
  await page.getByRole('button', { name: button }).click();
}

export function add() {
  journey('first start: without the secret there is no such page', (world) =>
    within(world, {}, async (page) => {
      const answer = await page.goto('/start?secret=wrong');
      that(answer.status() === 404, `status ${answer.status()}`);
    }));

  journey('first start: account, first project, organisation and board', (world) =>
    within(world, { script: false }, async (page) => {
      const address = world.server.firstStart();
      that(address, `the server did not print the address:\n${world.server.log()}`);
      await page.goto(address);
      await page.getByRole('heading', { level: 1, name: 'Welcome' }).waitFor();
      await account(page, 'mara', 'Mara Kim', 'Create your account');
      await page.getByRole('heading', { name: 'Hello, Mara Kim' }).waitFor();
      await page.getByRole('link', { name: /^Begin.*first project/ }).click();
      await page.getByLabel('Short name').fill('heron');
      await page.getByLabel('Name', { exact: true }).fill('Heron');
      await page.getByRole('button', { name: 'Create the project' }).click();
      await page.getByRole('heading', { level: 1, name: 'Heron' }).waitFor();
      await page.goto('/');
      await page.getByRole('link', { name: /^Begin.*organisation/ }).click();
      await page.getByLabel('Name', { exact: true }).fill('Northwind Networks');
      await page.getByLabel('Address').fill('northwind');
      await page.getByLabel('Key prefix').fill('NW');
      await page.getByRole('button', { name: 'Create the organisation' }).click();
      await page.getByRole('heading', { level: 1, name: 'Northwind Networks' }).waitFor();
      await page.getByRole('button', { name: 'Create a board' }).click();
      await page.locator('#board').waitFor();
    }), { always: true });

  journey('first start: the address works once', (world) =>
    within(world, {}, async (page) => {
      const answer = await page.goto(world.server.firstStart());
      that(answer.status() === 404, `status ${answer.status()}`);
    }));
}
