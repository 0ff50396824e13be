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
      const field = page.locator('#f-body');
      await page.locator('.f', { has: field }).getByRole('button', { name: 'Preview' }).click();
      await field.pressSequentially('It **hurts**', { delay: 5 });
      await page.locator('[data-md-shown] strong', { hasText: 'hurts' }).waitFor();
      const form = page.locator('form', { has: field });
      that(!(await form.locator('.unscripted').first().isVisible()), 'the button for those without script is shown');
    }));

  journey('talk: a spec is previewed in what it is written in', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      await page.goto('/deltas/new?kind=spec&project=heron&body_format=rst');
      await ready(page);
      const field = page.locator('.f', { has: page.locator('#f-body') });
      const shown = field.locator('[data-md-shown]');
      await field.getByRole('button', { name: 'Preview' }).click();
      await page.locator('#f-body').fill('.. note:: Mind the gap.');
      await shown.getByText('Mind the gap.').waitFor();
      that(!(await shown.innerText()).includes('.. note'), 'reStructuredText is shown as Markdown');
      await page.getByLabel('Written in').selectOption('markdown');
      await shown.getByText('.. note:: Mind the gap.').waitFor();
    }));

  journey('talk: a reply beside a passage is previewed like a comment', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Answer me there');
      await api(page, 'POST', `/deltas/${key}/threads`, { field: 'actual', quote: 'It does not.', body: 'When?' });
      await page.goto(`/deltas/${key}`);
      await ready(page);
      const thread = page.locator('.thread');
      await thread.locator('summary', { hasText: 'Reply' }).click();
      await thread.locator('[data-md-preview]').click();
      await thread.locator('textarea').fill('**Always**.');
      await thread.locator('[data-md-shown] strong', { hasText: 'Always' }).waitFor();
      await thread.getByRole('button', { name: 'Reply', exact: true }).click();
      await page.locator('.thread strong', { hasText: 'Always' }).waitFor();
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
      // What is written after that was not sent: elsewhere and back, it is offered.
      await page.locator('#f-body').pressSequentially('Another thought', { delay: 5 });
      await page.goto(`/deltas/${await file(page, 'Not my draft')}`);
      await ready(page);
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.getByRole('button', { name: 'Restore your draft' }).click();
      that((await page.locator('#f-body').inputValue()) === 'Another thought', 'the second draft is not there');
    }));

  journey('talk: a draft that is offered is not lost to what is typed instead', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Draft me twice');
      const field = page.locator('#f-body');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await field.pressSequentially('The first thought', { delay: 5 });
      // It is kept at once: nothing is waited for.
      await page.reload();
      await ready(page);
      await field.pressSequentially('Hm', { delay: 5 });
      await page.getByRole('button', { name: 'Restore your draft' }).click();
      that((await field.inputValue()) === 'The first thought', `there is “${await field.inputValue()}”`);
      that(!(await page.getByRole('button', { name: 'Restore your draft' }).isVisible()), 'what stands there is offered');
      await page.reload();
      await ready(page);
      await page.getByRole('button', { name: 'Discard it' }).click();
      that((await page.evaluate(() => localStorage.length)) === 0, 'a draft that was discarded is kept');
    }));

  journey('talk: what was refused stays a draft, also where its form is gone', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Locked while I write');
      const lock = (method, data) => within(world, { as: 'mara' }, (other) => api(other, method, `/deltas/${key}/lock`, data));
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.locator('#f-body').fill('Too late');
      await lock('PUT', { reason: 'It is all said' });
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Comment', exact: true }).click();
      that((await answer).status() === 403, `the answer is ${(await answer).status()}`);
      await page.getByText('This discussion is locked: It is all said.').waitFor();
      await ready(page);
      await lock('DELETE');
      await page.goto('/');
      await ready(page);
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.getByRole('button', { name: 'Restore your draft' }).click();
      that((await page.locator('#f-body').inputValue()) === 'Too late', 'the draft is gone');
    }));

  journey('talk: who signs out leaves no drafts, on whatever page', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Leave nothing of me');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.locator('#f-body').fill('Half a thought');
      const drafts = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length);
      that((await drafts()) === 1, 'there is no draft');
      await page.goto('/');
      await ready(page);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }).waitFor();
      that((await drafts()) === 0, 'a draft is left');
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

  journey('talk: nothing is sent while a file is on its way', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      const key = await file(page, 'Wait for my picture');
      let arrive;
      const held = new Promise((resolve) => (arrive = resolve));
      await page.route('**/api/v1/attachments?*', async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(`/deltas/${key}`);
      await ready(page);
      const form = page.locator('form', { has: page.locator('#f-body') });
      const send = form.getByRole('button', { name: 'Comment', exact: true });
      await form.locator('[data-md-file]').setInputFiles({ name: 'shot.png', mimeType: 'image/png', buffer: picture });
      await page.waitForFunction(() => document.querySelector('#f-body').value.includes('[uploading shot.png'));
      await send.click();
      await form.getByText('A file is still on its way').waitFor();
      arrive();
      await page.waitForFunction(() => document.querySelector('#f-body').value.includes('](/attachments/'));
      await send.click();
      await page.locator('#timeline img[alt="shot.png"]').waitFor();
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
