// Bringing in what another tracker has written down.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';

/** Two issues, of which one says what has no place here. */
const issues = (name) =>
  [1, 2].map((number) => ({
    number,
    title: `Cart ${number} of ${name} forgets`,
    body: 'It does.',
    url: `https://github.com/shop/${name}/issues/${number}`,
    author: { login: 'ann' },
    state: 'OPEN',
    labels: [],
    locked: number === 1,
    createdAt: '2024-01-01T00:00:00Z',
    updatedAt: '2024-01-02T00:00:00Z',
  }));

export function add() {
  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';
    const name = script ? 'cart' : 'till';

    journey(`import: a file is tried, then brought in${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        await page.goto('/projects/heron/settings');
        await ready(page);
        await page.getByRole('link', { name: 'Import', exact: true }).click();
        await page.getByLabel('Which tracker it is from').selectOption('github');
        that(await page.getByLabel('Only say what would come in').isChecked(), 'trying is not the first thing offered');
        const file = { name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(issues(name))) };
        await page.getByLabel('File').setInputFiles(file);
        await page.getByRole('button', { name: 'Import' }).click();
        // The page shows by itself when it is done.
        await page.getByText('Only tried: nothing was written.').waitFor();
        await page.getByRole('row', { name: 'Deltas added 2' }).waitFor();
        await page.goto(`/deltas?q=${name}`);
        that((await page.getByText(`Cart 1 of ${name} forgets`).count()) === 0, 'trying has written something');
        await page.goBack();
        await page.getByRole('button', { name: 'Bring it in' }).click();
        await page.getByText('brought in', { exact: true }).waitFor();
        await page.goto(`/deltas?q=${name}`);
        await page.getByRole('link', { name: `Cart 1 of ${name} forgets` }).waitFor();
      }));
  }
}
