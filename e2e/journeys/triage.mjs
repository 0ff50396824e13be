// The triage inbox: taken, declined, put off, undone; by keyboard and by plain forms.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { api, file } from '../lib/world.mjs';

const INBOX = '/orgs/northwind/triage';

/** Opens the inbox at a delta. */
async function open(page, key) {
  await page.goto(`${INBOX}?at=${key}`);
  await ready(page);
  await page.locator(`.view a[href="/deltas/${key}"]`).waitFor();
}

/** What the organisation makes of a delta. */
const stance = async (page, key) => (await api(page, 'GET', `/deltas/${key}`)).standings?.find((one) => one.org === 'northwind')?.stance;

async function holds(page, key, wanted) {
  const is = await stance(page, key);
  that((is ?? '') === wanted, `${key} is ${is ?? 'without a stance'}, not ${wanted || 'without one'}`);
}

export function add() {
  for (const script of [true, false]) {
    journey(`bulk: several deltas are labelled at once, and that is undone${script ? '' : ', without JavaScript'}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const keys = [];
        for (const name of ['one', 'two', 'three']) keys.push(await file(page, `Bulk ${script} ${name}`, { kind: 'crash' }));
        await page.goto(`/deltas?q=${encodeURIComponent(`"Bulk ${script}" sort:number`)}`);
        await ready(page);
        const box = (key) => page.getByRole('checkbox', { name: `Choose ${key}` });
        await box(keys[2]).check();
        if (script) {
          await box(keys[0]).click({ modifiers: ['Shift'] });
          that(await box(keys[1]).isChecked(), 'what is between is not chosen');
          await page.getByText('3 chosen').first().waitFor();
          await page.getByRole('checkbox', { name: 'Choose all on this page' }).uncheck();
          that(!(await box(keys[1]).isChecked()), 'the box above does not take all back');
          await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
        } else {
          that((await page.getByRole('checkbox', { name: 'Choose all on this page' }).count()) === 0, 'a box that does nothing is shown');
          await box(keys[1]).check();
          await box(keys[0]).check();
        }
        const bar = page.getByRole('region', { name: 'Change the chosen deltas' });
        await bar.getByText('Labels', { exact: true }).first().click();
        await bar.getByLabel('Labels').fill(`seen-${script}`);
        await bar.getByRole('button', { name: 'Add' }).first().click();
        await page.waitForURL(/\/deltas\/bulk\//);
        const labelled = async () => (await api(page, 'GET', `/deltas?q=${encodeURIComponent(`label:seen-${script}`)}`)).items.length;
        that((await labelled()) === 3, 'not all three have the label');
        await page.getByRole('button', { name: /Undo/ }).click();
        await page.waitForFunction(() => !document.querySelector('main form[action$="/undo"]'));
        that((await labelled()) === 0, 'the label is still there');
      }));
  }

  journey('bulk: Enter in one part of the form presses nothing in another', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      const key = await file(page, 'Bulk by Enter');
      await page.goto(`/deltas?q=${encodeURIComponent('"Bulk by Enter"')}`);
      await ready(page);
      await page.getByRole('checkbox', { name: `Choose ${key}` }).check();
      // What is sent is only noted.
      await page.locator('form.choose').evaluate((form) =>
        form.addEventListener('submit', (event) => {
          event.preventDefault();
          form.dataset.sent = event.submitter?.value ?? 'without a button';
        }));
      const sent = () => page.locator('form.choose').getAttribute('data-sent');
      const bar = page.getByRole('region', { name: 'Change the chosen deltas' });
      await bar.getByText('Labels', { exact: true }).first().click();
      await bar.getByLabel('Labels').fill('gate');
      await bar.getByText('Consensus', { exact: true }).click();
      const why = bar.getByLabel(/^Rationale/);
      await why.fill('It is documented.');
      await why.press('Enter');
      that((await sent()) === null, `Enter pressed ${await sent()}`);
      await why.press('Control+Enter');
      that((await sent()) === 'consensus', `Ctrl and Enter pressed ${await sent()}`);
    }));

  journey('triage: a watch rule fills the inbox', (world) =>
    within(world, { script: false, as: 'mara' }, async (page) => {
      const key = await file(page, 'Inbox shows what is watched');
      await page.goto('/orgs/northwind/settings');
      const rules = page.locator('#watches');
      await rules.getByLabel('Rule').fill('all-heron');
      await rules.getByLabel('Deltas to watch').fill('is:open project:heron');
      await rules.getByRole('button', { name: 'Watch', exact: true }).click();
      await page.goto(INBOX);
      await page.getByRole('link', { name: key }).first().waitFor();
    }), { always: true });

  for (const script of [true, false]) {
    const how = script ? 'by keyboard' : 'by form, without JavaScript';
    const press = async (page, letter, words) => {
      if (script) return page.keyboard.press(letter);
      return page.locator('.decide').getByRole('button', { name: new RegExp(`^${words}`) }).first().click();
    };
    const send = async (page, sheet, words, script) => {
      const button = page.locator(`#do-${sheet}`).getByRole('button', { name: words });
      await button.waitFor();
      if (script) await button.press('Enter');
      else await button.click();
      await page.waitForLoadState('load');
    };

    journey(`triage: a delta is taken on ${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Take me on ${how}`);
        await open(page, key);
        await press(page, 'a', 'Take it on');
        await page.locator('#do-take').getByLabel('Your task').fill(`Do something, ${how}`);
        await send(page, 'take', 'Take it on', script);
        await page.getByText(`${key} is taken on as`).waitFor();
        await holds(page, key, 'taken');
      }));

    journey(`triage: a delta is declined with a reason ${how}, and that is undone`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Decline me ${how}`);
        await open(page, key);
        await press(page, 'd', 'Not ours');
        await page.locator('#do-decline').getByLabel(/Why is it not yours/).fill('We do not use it.');
        await send(page, 'decline', 'Not ours', script);
        await page.getByText(`${key} is not yours.`).waitFor();
        await holds(page, key, 'declined');
        await ready(page);
        if (script) await page.keyboard.press('z');
        else await page.getByRole('button', { name: /^Undo/ }).click();
        await page.getByText(`${key} waits again.`).waitFor();
        await holds(page, key, '');
      }));

    journey(`triage: a delta is put off ${how}`, (world) =>
      within(world, { script, as: 'mara' }, async (page) => {
        const key = await file(page, `Snooze me ${how}`);
        await open(page, key);
        await press(page, 's', 'Snooze');
        await page.locator('#do-snooze').getByLabel(/how many days/).fill('3');
        await send(page, 'snooze', 'Snooze', script);
        await page.getByText(`${key} is put off.`).waitFor();
        await holds(page, key, 'snoozed');
      }));
  }

  journey('triage: j and k choose the next and the one before', (world) =>
    within(world, { as: 'mara' }, async (page) => {
      await file(page, 'First of two');
      await file(page, 'Second of two');
      await page.goto(INBOX);
      await ready(page);
      const chosen = () => page.locator('.list [aria-current]').textContent();
      const first = await chosen();
      await page.keyboard.press('j');
      await page.waitForURL(/at=/);
      await ready(page);
      that((await chosen()) !== first, 'j did not choose another');
      await page.keyboard.press('k');
      await page.waitForFunction((words) => document.querySelector('.list [aria-current]')?.textContent === words, first);
    }));
}
