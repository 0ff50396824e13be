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

  journey('talk: a preview follows what is typed', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Preview me live');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.getByRole('button', { name: 'Preview' }).click();
      const field = page.locator('#f-body');
      await field.pressSequentially('It **hurts**', { delay: 5 });
      await page.locator('[data-md-shown] strong', { hasText: 'hurts' }).waitFor();
      that(!(await page.locator('.unscripted').first().isVisible()), 'the button for those without script is shown');
    }));

  journey('talk: a draft outlives a reload, is offered, and goes once it is sent', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Draft me');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.locator('#f-body').pressSequentially('Half a thought', { delay: 5 });
      await page.waitForFunction(() => Object.values(localStorage).includes('Half a thought'));
      await page.reload();
      await ready(page);
      that((await page.locator('#f-body').inputValue()) === '', 'the draft came unasked');
      await page.getByRole('button', { name: 'Restore your draft' }).click();
      that((await page.locator('#f-body').inputValue()) === 'Half a thought', 'the draft is not there');
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      await page.locator('#timeline', { hasText: 'Half a thought' }).waitFor();
      await ready(page);
      that((await page.evaluate(() => localStorage.length)) === 0, 'the draft stayed');
      that(!(await page.getByRole('button', { name: 'Restore your draft' }).isVisible()), 'a sent draft is offered');
    }));

  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mMQqajFgxhGpbEhAIjAZ4U1HMe1AAAAAElFTkSuQmCC',
    'base64',
  );

  journey('talk: a picture that is chosen stands in the comment', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Show me');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.locator('#f-body').fill('Look: ');
      await page.locator('form', { has: page.locator('#f-body') }).locator('[data-md-file]').setInputFiles({ name: 'shot.png', mimeType: 'image/png', buffer: picture });
      await page.waitForFunction(() => /Look: !\[shot\.png\]\(\/attachments\//.test(document.querySelector('#f-body').value));
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      const image = page.locator('#timeline img[alt="shot.png"]');
      await image.waitFor();
      that(await image.evaluate((one) => one.decode().then(() => one.naturalWidth > 0)), 'the picture is not shown');
    }));

  journey('talk: files are attached and removed without JavaScript', (world) =>
    within(world, { script: false, as: 'bob' }, async (page) => {
      const key = await file(page, 'Attach to me');
      await page.goto(`/deltas/${key}`);
      await page.getByLabel('Files to attach').setInputFiles([
        { name: 'shot.png', mimeType: 'image/png', buffer: picture },
        { name: 'log.txt', mimeType: 'text/plain', buffer: Buffer.from('09:14 it stopped') },
      ]);
      await page.getByRole('button', { name: 'Attach', exact: true }).click();
      await page.getByText('The files are there.').waitFor();
      const waiting = page.waitForEvent('download');
      await page.getByRole('link', { name: 'log.txt' }).click();
      that((await waiting).suggestedFilename() === 'log.txt', 'the log is no download');
      await page.getByRole('button', { name: 'Remove log.txt' }).click();
      await page.getByText('The file is gone.').waitFor();
    }));
}
