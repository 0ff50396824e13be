// Talking about a delta: history, quotes, ticks, deletion, folding, locks; previews and drafts.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { api, file } from '../lib/world.mjs';

export function add() {
  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';

    journey(`talk: a comment is changed, and how is read${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const key = await file(page, `Change my comment ${script}`);
        await api(page, 'POST', `/deltas/${key}/comments`, { body: 'The cache is cold.' });
        await page.goto(`/deltas/${key}`);
        await ready(page);
        await page.getByRole('link', { name: 'Edit your comment' }).click();
        await page.getByLabel('Comment', { exact: true }).fill('The cache is warm.');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('link', { name: /^edited/ }).click();
        await page.locator('del', { hasText: 'cold' }).waitFor();
        await page.locator('ins', { hasText: 'warm' }).waitFor();
      }));

    journey(`talk: a task in one's own comment is ticked${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const key = await file(page, `Tick my tasks ${script}`);
        await api(page, 'POST', `/deltas/${key}/comments`, { body: '- [ ] measure\n- [x] read' });
        await page.goto(`/deltas/${key}`);
        await ready(page);
        await page.getByRole('checkbox', { name: 'Task 1' }).click();
        await page.locator('[role=checkbox][aria-checked=true][aria-label="Task 1"]').waitFor();
        const told = await api(page, 'GET', `/deltas/${key}/timeline`);
        that(told.items.some((one) => one.body === '- [x] measure\n- [x] read'), JSON.stringify(told.items));
      }));

    journey(`talk: an answer quotes what it answers${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const key = await file(page, `Quote me ${script}`);
        await api(page, 'POST', `/deltas/${key}/comments`, { body: 'First line.\n\nSecond line.' });
        await page.goto(`/deltas/${key}`);
        await ready(page);
        await page.getByRole('link', { name: /^Quote/ }).click();
        const field = page.locator('#f-body');
        await page.waitForFunction(() => document.querySelector('#f-body')?.value.includes('> Second line.'));
        await field.fill(`${await field.inputValue()}That is so.`);
        await page.getByRole('button', { name: 'Comment', exact: true }).click();
        await page.locator('#timeline blockquote', { hasText: 'Second line.' }).waitFor();
        await page.getByText('That is so.').waitFor();
      }));

    journey(`talk: maintainers fold, delete and lock${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Moderate me ${script}`);
        await api(page, 'POST', `/deltas/${key}/comments`, { body: 'Buy hats.' });
        await page.goto(`/deltas/${key}`);
        await ready(page);
        await page.getByRole('button', { name: /^More about the comment/ }).click();
        await page.getByRole('button', { name: 'Fold as spam' }).click();
        await page.getByText('Folded by a maintainer as spam').waitFor();
        that(!(await page.getByText('Buy hats.').isVisible()), 'a folded comment is shown');
        await page.getByRole('button', { name: /^More about the comment/ }).click();
        await page.getByRole('button', { name: 'Delete for good' }).click();
        await page.getByText('deleted their comment').waitFor();
        await page.getByText('Lock the discussion: only').click();
        await page.locator('#f-lock-reason').fill('Too heated');
        await page.getByRole('button', { name: 'Lock', exact: true }).click();
        await page.getByText('This discussion is locked: Too heated.').waitFor();
        await page.getByRole('button', { name: 'Unlock the discussion' }).click();
        await page.getByText('Everybody may write comments again.').waitFor();
      }));
  }

  journey('talk: a text is previewed on a page of its own, without JavaScript', (world) =>
    within(world, { script: false, as: 'bob' }, async (page) => {
      const key = await file(page, 'Preview me');
      await page.goto(`/deltas/${key}`);
      await page.getByLabel('Comment', { exact: true }).fill('It **hurts**.');
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.locator('main strong', { hasText: 'hurts' }).waitFor();
      await page.getByLabel('Text').fill('It **hurts** much.');
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      await page.locator('#timeline', { hasText: 'It hurts much.' }).waitFor();
    }));
}
