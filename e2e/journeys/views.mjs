// One's own order of things: saved views, and an organisation's lens.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { api, file } from '../lib/world.mjs';

export function add() {
  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';

    journey(`views: a view is saved, opens the list, gets another name and goes${how}`, (world) =>
      within(world, { script, as: 'ada' }, async (page) => {
        await page.goto(`/deltas?q=${encodeURIComponent('is:open kind:crash')}`);
        await ready(page);
        await page.getByRole('button', { name: 'Save this view…' }).click();
        const sheet = page.locator('#save-view');
        await sheet.getByLabel('Name').fill(`Falling over ${script}`);
        await sheet.getByLabel('Open the list with it').check();
        await sheet.getByRole('button', { name: 'Save the view' }).click();
        await page.getByText(`Saved as “Falling over ${script}”.`).waitFor();
        await page.goto('/deltas');
        await page.getByText(`Opened with your view “Falling over ${script}”.`).waitFor();
        await page.goto('/views');
        await page.getByText(`Change Falling over ${script}`).click();
        const row = page.locator('li[data-row]', { hasText: `Change Falling over ${script}` });
        await row.getByLabel('Name').fill(`Crashes ${script}`);
        await row.getByLabel('Open the list with it').uncheck();
        await row.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Saved.', { exact: true }).waitFor();
        await page.getByRole('link', { name: `Crashes ${script}` }).waitFor();
        await page.goto('/deltas');
        that((await page.getByText('Opened with your view').count()) === 0, 'it still opens the list');
        await page.getByRole('navigation', { name: 'Saved views' }).getByRole('link', { name: `Crashes ${script}` }).click();
        await page.locator('a[aria-current]', { hasText: `Crashes ${script}` }).waitFor();
        await page.goto('/views');
        await page.locator('li[data-row]', { hasText: `Crashes ${script}` }).getByRole('button', { name: 'Delete' }).click();
        await page.getByText('The view is gone.').waitFor();
        that((await page.getByRole('link', { name: `Crashes ${script}` }).count()) === 0, 'the view is still there');
      }));

    journey(`lens: weights are tried, kept, and order the deltas anew${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        // A delta that hits the one segment, and one that hits the other.
        const keys = {};
        for (const side of ['left', 'right']) {
          const slug = `${side}-${script}`;
          const segment = { name: `Users on the ${side} ${script}`, description: 'You are there.' };
          await api(page, 'PUT', `/projects/heron/segments/${slug}`, segment);
          keys[side] = await file(page, `It hurts on the ${side} ${script}`);
          await api(page, 'PUT', `/projects/heron/segments/${slug}/me`);
          await api(page, 'PUT', `/deltas/${keys[side]}/vote`, { severity: 4 });
          await api(page, 'DELETE', `/projects/heron/segments/${slug}/me`);
        }
        const lens = page.locator('.panel', { hasText: 'Through the lens' });
        const first = (key) => lens.getByRole('row').first().getByText(key, { exact: true });
        const weigh = async (left, right, button) => {
          await page.goto('/orgs/northwind/lens');
          await ready(page);
          const fold = page.locator('#w-heron');
          if (!(await fold.evaluate((one) => one.open))) await fold.locator('summary').click();
          await page.getByLabel(`Users on the left ${script}`).fill(left);
          await page.getByLabel(`Users on the right ${script}`).fill(right);
          await page.getByRole('button', { name: button, exact: true }).click();
        };
        await weigh('100', '0', 'Save');
        await page.getByText('The lens is kept').waitFor();
        await first(keys.left).waitFor();
        await weigh('0', '100', 'Preview');
        await page.getByText('A preview: these weights are not kept').waitFor();
        await first(keys.right).waitFor();
        await page.goto('/orgs/northwind/lens');
        await first(keys.left).waitFor();
        await weigh('0', '100', 'Save');
        await page.getByText('The lens is kept').waitFor();
        await first(keys.right).waitFor();
        await weigh('1', '1', 'Save');
        await page.getByText('The lens is kept').waitFor();
      }));
  }
}
