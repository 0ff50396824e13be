// CI reports failures; a maintainer explains them.
import { within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { file } from '../lib/world.mjs';

const FAILURES = '/projects/heron/failures';

/** Makes a CI token on its page and reports a run with one failure of this test. */
async function report(world, page, test) {
  await page.goto('/projects/heron/settings/tokens');
  await page.getByLabel('What for').fill(`ci ${test}`);
  await page.getByRole('button', { name: 'Create the token' }).click();
  const secret = await page.getByLabel("The token's secret").inputValue();
  const run = { external_id: test, job: 'unit', tests: [{ test, outcome: 'failed', message: `${test} broke` }, { test: 'fine', outcome: 'passed' }] };
  const answer = await fetch(`${world.url}/api/v1/projects/heron/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(run),
  });
  that(answer.status === 201, `reporting: ${answer.status} ${await answer.text()}`);
  await page.goto(FAILURES);
  return page.getByRole('row').filter({ hasText: test });
}

export function add() {
  for (const script of [true, false]) {
    const how = script ? '' : ', without JavaScript';
    const name = script ? 'scripted' : 'plain';

    journey(`ci: a delta is filed from a group of failures${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const row = await report(world, page, `storage.${name}.keeps`);
        await row.getByRole('button', { name: 'File a delta' }).click();
        await page.waitForURL(/\/(deltas|failure-groups)\//);
        await page.goto(FAILURES);
        await page.getByRole('row').filter({ hasText: /D-\d+/ }).first().waitFor();
      }));

    journey(`ci: a group is linked to a delta${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Known for long, ${name}`);
        const row = await report(world, page, `cluster.${name}.elects`);
        await row.getByLabel('Link to a delta').fill(key);
        await row.getByRole('button', { name: 'Link', exact: true }).click();
        await page.getByText(key).first().waitFor();
        await page.goto(FAILURES);
        await page.getByRole('row').filter({ hasText: key }).waitFor();
      }));
  }
}
