// Deltas: filed (similar ones offered), voted, commented, positions and consensus.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { api, file } from '../lib/world.mjs';

export function add() {
  journey('a project is described by its maintainer: component and segment', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      await api(page, 'PUT', '/projects/heron/components/storage', { name: 'Storage engine' });
      await api(page, 'PUT', '/projects/heron/segments/large', { name: 'Over 50 brokers', description: 'You run many.' });
      await page.goto('/projects/heron');
      await page.getByRole('button', { name: 'Join Over 50 brokers' }).click();
      await page.getByRole('button', { name: 'Leave Over 50 brokers' }).waitFor();
    }));

  journey('file a delta: similar ones are offered while typing', (world) =>
    within(world, { as: 'ada' }, async (page) => {
      const key = await file(page, 'Broker panics when the last batch is truncated', { kind: 'crash' });
      await page.goto('/deltas/new');
      await ready(page);
      await page.getByLabel('Project', { exact: true }).selectOption('heron');
      await page.getByLabel('Title').pressSequentially('Broker panics on truncated batch', { delay: 5 });
      await page.locator('#similar').getByRole('link', { name: key }).waitFor();
      await page.getByLabel('Desired').fill('It starts.');
      await page.getByLabel('Actual').fill('It stops with `index out of bounds`.');
      await page.getByRole('button', { name: /file it/i }).click();
      // What was offered is not asked about once more.
      await page.getByRole('heading', { level: 1, name: 'Broker panics on truncated batch' }).waitFor();
    }));

  journey('file a delta: similar ones are offered on a second step without JavaScript', (world) =>
    within(world, { script: false, as: 'ada' }, async (page) => {
      const key = await file(page, 'Console cuts long topic names in the middle');
      await page.goto('/deltas/new');
      await page.getByLabel('Project', { exact: true }).selectOption('heron');
      await page.getByLabel('Title').fill('Console cuts topic names');
      await page.getByLabel('Desired').fill('The end is readable.');
      await page.getByLabel('Actual').fill('It is cut.');
      await page.getByRole('button', { name: 'File it' }).click();
      await page.locator('#similar').getByRole('link', { name: key }).waitFor();
      that((await page.getByLabel('Desired').inputValue()) === 'The end is readable.', 'what was typed is gone');
      await page.getByRole('button', { name: 'It is none of these: file it' }).click();
      await page.getByRole('heading', { level: 1, name: 'Console cuts topic names' }).waitFor();
    }));

  journey('search: fields and values are completed by keyboard', (world) =>
    within(world, { as: 'ada' }, async (page) => {
      await file(page, 'Complete my query', { kind: 'crash' });
      await page.goto('/deltas');
      await ready(page);
      const field = page.getByRole('combobox', { name: 'Query' });
      await field.fill('');
      await field.pressSequentially('ki', { delay: 20 });
      await page.getByRole('option', { name: /^kind:/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#q').value === 'kind:');
      await page.getByRole('option', { name: 'crash' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      that((await field.getAttribute('aria-activedescendant')) === 'q-1', 'the second is not chosen');
      await page.keyboard.press('Tab');
      await page.waitForFunction(() => document.querySelector('#q').value === 'kind:crash ');
      await page.keyboard.press('ArrowDown');
      await page.getByRole('option', { name: /^is:/ }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('option').first().waitFor({ state: 'hidden' });
      await page.keyboard.press('Enter');
      await page.waitForURL(/q=kind%3Acrash/);
      await page.getByRole('link', { name: 'Complete my query' }).waitFor();
    }));

  journey('keys: / gives the search field the focus, also from a page without one; a plain visit does not', (world) =>
    within(world, { as: 'ada' }, async (page) => {
      const key = await file(page, 'Keys lead to the search');
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
      await page.goto('/deltas');
      await ready(page);
      that((await focused()) !== 'q', 'the search field takes the focus');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.keyboard.press('/');
      await page.waitForURL(/\/deltas#q$/);
      await page.locator('input[name=q]:focus').waitFor();
    }));

  journey('keys: Ctrl and Enter send the form of a single line', (world) =>
    within(world, { as: 'ada' }, async (page) => {
      const key = await file(page, 'Sent from a single line');
      await page.goto(`/deltas/${key}`);
      await ready(page);
      await page.getByText('Withdraw what you reported').click();
      const why = page.locator('#f-withdraw-reason');
      await why.fill('Mine was an old version.');
      await why.press('Control+Enter');
      await page.getByText('The gap is ended.').waitFor();
      await page.getByText('“Mine was an old version.”').first().waitFor();
    }));

  journey('a refused position stays open with what was typed', (world) =>
    within(world, { as: 'ada' }, async (page) => {
      const key = await file(page, 'Object to me');
      await page.goto(`/deltas/${key}`);
      await page.getByText('State your position').click();
      await page.getByText('Object: it should not').click();
      await page.getByRole('button', { name: 'State it' }).click();
      await page.getByText('must not be empty').last().waitFor();
      that(await page.getByRole('radio', { name: /^Object/ }).isChecked(), 'what was chosen is gone');
      that(await page.locator('#f-position-heron-reason').isVisible(), 'the form is folded');
    }));

  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';

    journey(`vote: how hard it hits is said, changed and counted${how}`, (world) =>
      within(world, { script, as: script ? 'ada' : 'bob' }, async (page) => {
        const key = await file(page, `Vote on me ${script}`);
        await page.goto(`/deltas/${key}`);
        await ready(page);
        for (const [words, severity] of [['Breaks a workflow', 3], ['Blocks me', 4]]) {
          await page.locator('.vote').getByText(words).click();
          // With a script the choice counts at once.
          if (!script) await page.getByRole('button', { name: 'Vote', exact: true }).click();
          const deadline = Date.now() + 20_000;
          let impact;
          do {
            impact = await api(page, 'GET', `/deltas/${key}/impact`);
            await page.waitForTimeout(50);
          } while (Date.now() < deadline && impact.mine?.severity !== severity && impact.mine !== severity);
          that(impact.segments.some((segment) => segment.severities[severity - 1] === 1), `${words} is not counted: ${JSON.stringify(impact)}`);
        }
        await page.reload();
        that(await page.getByRole('radio', { name: /Blocks me/ }).isChecked(), 'the vote is not shown');
      }));

    journey(`comment: what is said stands there, as safe Markdown${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const key = await file(page, `Comment on me ${script}`);
        await page.goto(`/deltas/${key}`);
        await page.getByLabel('Comment').fill('Seen **twice** <script>document.title = "bad"</script> on `4.2`.');
        await page.getByRole('button', { name: 'Comment', exact: true }).click();
        await page.locator('#timeline strong', { hasText: 'twice' }).waitFor();
        that(!(await page.title()).includes('bad'), 'a script in a comment ran');
      }));

    journey(`position and consensus: people say, maintainers decide${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Decide on me ${script}`);
        await page.goto(`/deltas/${key}`);
        await page.getByText('State your position').click();
        await page.getByText('Agree: this should be so').click();
        const form = page.locator('form', { has: page.getByRole('button', { name: 'State it' }) });
        await form.getByLabel(/^Why/).fill('It is documented.');
        await page.getByRole('button', { name: 'State it' }).click();
        await page.getByText('1 agree · 0 object').waitFor();
        await page.getByText('Set the consensus', { exact: true }).first().click();
        await page.getByLabel('The project holds').selectOption('agreed');
        await page.getByLabel(/^Rationale/).fill('A restart must be invisible.');
        await page.getByRole('button', { name: 'Set the consensus' }).click();
        await page.getByText('“A restart must be invisible.” — Mara Kim').waitFor();
        const delta = await api(page, 'GET', `/deltas/${key}`);
        that(delta.places[0].consensus === 'agreed', `consensus ${delta.places[0].consensus}`);
      }));

    journey(`duplicates: one is marked on the page of the other, and that is taken back${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Stand for another ${script}`);
        const other = await file(page, `Said before ${script}`);
        const ended = async () => (await api(page, 'GET', `/deltas/${other}`)).resolution?.resolution;
        await page.goto(`/deltas/${key}`);
        await page.getByRole('link', { name: 'Find and mark duplicates' }).click();
        await page.getByLabel('The other delta').fill(other);
        await page.getByRole('button', { name: 'It is a duplicate of this', exact: true }).click();
        await page.getByText(`${key} stands for ${other} now.`).waitFor();
        that((await ended()) === 'duplicate', 'it is no duplicate');
        await page.getByRole('link', { name: 'Find and mark duplicates' }).click();
        await page.getByRole('button', { name: `${other} is none` }).click();
        await page.getByText(`${other} is open again.`).waitFor();
        that((await ended()) === undefined, 'it is still a duplicate');
      }));

    journey(`vote: one is recorded for somebody without an account, and taken back${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `It hurts somebody else ${script}`);
        const counted = async () => (await api(page, 'GET', `/deltas/${key}/impact`)).on_behalf ?? 0;
        await page.goto(`/deltas/${key}`);
        await ready(page);
        await page.getByText('Vote for somebody without an account').click();
        await page.getByLabel('Who it is').fill(`Ferry line ${script}`);
        await page.getByText('Blocks them entirely').click();
        await page.getByRole('button', { name: 'Record the vote' }).click();
        const taken = page.getByRole('button', { name: `Take back the vote of Ferry line ${script}` });
        await taken.waitFor();
        that((await counted()) === 1, 'the vote is not counted');
        await taken.click();
        await taken.waitFor({ state: 'detached' });
        that((await counted()) === 0, 'the vote still counts');
      }));

    journey(`fixed: who was affected says whether it is fixed for them${how}`, async (world) => {
      let key;
      await within(world, { as: 'bob' }, async (page) => {
        key = await file(page, `Fix me ${script}`);
        await api(page, 'PUT', `/deltas/${key}/vote`, { severity: 4 });
      });
      await within(world, { as: 'mara' }, (page) => api(page, 'PUT', `/deltas/${key}/resolution`, { resolution: 'closed' }));
      await within(world, { script, as: 'bob' }, async (page) => {
        await page.goto(`/deltas/${key}`);
        await ready(page);
        const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Fixed for you?' }) });
        await panel.getByText('No, it is still so').click();
        await panel.getByLabel(/^How it shows/).fill('It stops at noon.');
        await panel.getByRole('button', { name: 'Answer', exact: true }).click();
        await page.getByText('You said: it is not fixed.').waitFor();
      });
      await within(world, { script, as: 'mara' }, async (page) => {
        await page.goto(`/deltas/${key}`);
        await page.getByText('One of those it affected says it is not fixed.').waitFor();
        await page.getByText('“It stops at noon.”').waitFor();
      });
    });

    journey(`edit: a changed text is a new revision${how}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        const key = await file(page, `Edit me ${script}`);
        await page.goto(`/deltas/${key}/edit`);
        await page.getByLabel('Desired').fill('It works within 10 s.');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('It works within 10 s.').first().waitFor();
        await page.goto(`/deltas/${key}/revisions`);
        await page.getByText('Revision 2').first().waitFor();
      }));

    journey(`list: a query finds, sorts and can be shared${how}`, (world) =>
      within(world, { script, as: 'ada' }, async (page) => {
        const key = await file(page, `Unmistakable heliotrope ${script}`);
        await page.goto('/deltas');
        const query = page.getByLabel('Query');
        await query.fill(`is:open project:heron heliotrope ${script}`);
        await query.press('Enter');
        await page.waitForURL(/q=/);
        await page.getByRole('row').filter({ hasText: key }).waitFor();
      }));
  }
}
