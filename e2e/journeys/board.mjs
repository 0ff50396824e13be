// The board: cards moved by pointer, keyboard and form; two windows; promises.
import { ready, window, within } from '../lib/browser.mjs';
import { signIn } from '../lib/pages.mjs';
import { WORD } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { api } from '../lib/world.mjs';

const BOARD = '/orgs/northwind/boards/e2e';
const COLUMNS = [
  { name: 'Ready', category: 'ready' },
  { name: 'Doing', category: 'doing', wip_limit: 2 },
  { name: 'Done', category: 'done' },
];

/** Makes sure the board is there, writes down a task on it, opens the board. */
async function scene(page, title) {
  const there = await page.request.get('/api/v1/orgs/northwind/boards/e2e');
  if (there.status() === 404) await api(page, 'POST', '/orgs/northwind/boards', { slug: 'e2e', name: 'Journeys', columns: COLUMNS });
  const task = await api(page, 'POST', '/orgs/northwind/tasks', { title, board: 'e2e', column: 'ready' });
  await page.goto(BOARD);
  await ready(page);
  return task.key;
}

const at = (page, column, key) => page.locator(`[data-column="${column}"] [data-card="${key}"]`);
/** Where the server has it. */
async function stands(page, key, column) {
  const deadline = Date.now() + 20_000;
  let task;
  do {
    task = await api(page, 'GET', `/tasks/${key}`);
    if (task.column === column) return;
    await page.waitForTimeout(100);
  } while (Date.now() < deadline);
  throw new Error(`${key} stands in ${task.column}, not in ${column}`);
}

async function drag(page, key, column) {
  const card = page.locator(`[data-card="${key}"]`);
  await card.scrollIntoViewIfNeeded();
  const from = await card.boundingBox();
  const to = await page.locator(`[data-column="${column}"]`).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 + 12, from.y + from.height / 2 + 8, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + Math.min(90, to.height / 2), { steps: 10 });
  await page.mouse.up();
}

export function add() {
  journey('board: a task is written down by form, without JavaScript', (world) =>
    within(world, { script: false, as: 'mara' }, async (page) => {
      await scene(page, 'So that there is a board');
      await page.goto(BOARD);
      await page.getByRole('link', { name: /^New task/ }).click();
      await page.getByLabel('Title').fill('Written down by hand');
      await page.getByRole('main').getByRole('button', { name: /write|make|create|save/i }).click();
      await page.getByText('Written down by hand').first().waitFor();
    }));

  journey('board: a card is dragged to another column', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      const key = await scene(page, 'Drag me');
      await drag(page, key, 'doing');
      await at(page, 'doing', key).waitFor();
      await stands(page, key, 'doing');
      await page.reload();
      await at(page, 'doing', key).waitFor();
    }));

  journey('board: a card is moved by keyboard and the move is announced', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      const key = await scene(page, 'Key me');
      await page.locator(`[data-card="${key}"] a`).first().focus();
      await page.keyboard.press('Shift+ArrowRight');
      await at(page, 'doing', key).waitFor();
      await page.waitForFunction(() => /doing/i.test(document.getElementById('said')?.textContent ?? ''));
      await stands(page, key, 'doing');
    }));

  for (const script of [true, false]) {
    journey(`board: a card is moved by form${script ? '' : ', without JavaScript'}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await scene(page, 'Move me by form');
        await page.getByText('Move a card', { exact: true }).click();
        await page.getByLabel('Card', { exact: true }).fill(key);
        await page.getByLabel('To column').selectOption({ label: 'Done' });
        await page.getByRole('button', { name: 'Move', exact: true }).click();
        await at(page, 'done', key).waitFor();
        await stands(page, key, 'done');
      }));
  }

  journey('board: what happens in one window is seen in the other', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      const key = await scene(page, 'Watch me');
      const other = await window(world.browser, { url: world.url });
      try {
        await signIn(other.page, 'mara', WORD);
        await other.page.goto(BOARD);
        await ready(other.page);
        await other.page.locator('#live').waitFor();
        await drag(page, key, 'doing');
        await at(other.page, 'doing', key).waitFor();
        that(!other.faults.length, other.faults.join('\n'));
      } finally {
        await other.close();
      }
    }));

  for (const script of [true, false]) {
    journey(`task: a promise is made, and one that moved shows it${script ? '' : ', without JavaScript'}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await scene(page, 'Promise me');
        await page.goto(`/tasks/${key}`);
        for (const release of ['4.3', '4.4']) {
          await page.getByLabel('We', { exact: true }).selectOption('committed');
          await page.getByLabel(/^For release/).fill(release);
          await page.getByRole('button', { name: 'Promise' }).click();
          await page.getByText(`committed · ${release}`).first().waitFor();
        }
        await page.getByText('moved once').waitFor();
      }));
  }
}
