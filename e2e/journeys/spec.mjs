// Specs: comments on passages, chosen by their links or by selecting words.
import { ready, within } from '../lib/browser.mjs';
import { journey, that } from '../lib/runner.mjs';
import { file } from '../lib/world.mjs';

const BODY = '# Scope\n\nThe agent keeps its session.\n\nIt says so in its log.';

/** Files a spec and opens it. */
async function open(page, title) {
  const key = await file(page, title, { kind: 'spec', body: BODY });
  await page.goto(`/deltas/${key}`);
  await ready(page);
  return key;
}

/** Selects the letters from one place to another of the paragraph with these words; up to a place of another one, where that is named. */
const select = (page, words, from, to, other = words) =>
  page.evaluate(
    ([words, from, to, other]) => {
      const paragraph = (words) => [...document.querySelectorAll('#text p')].find((one) => one.textContent.startsWith(words)).firstChild;
      getSelection().setBaseAndExtent(paragraph(words), from, paragraph(other), to);
    },
    [words, from, to, other],
  );

/** Writes the comment on the passage that was chosen, and waits until it stands beside it. */
async function comment(page, quote, text) {
  await page.locator('blockquote', { hasText: new RegExp(`^${quote}$`) }).waitFor();
  await page.getByLabel('Comment', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.locator('#text mark', { hasText: new RegExp(`^${quote}$`) }).waitFor();
  await page.locator('#text .thread', { hasText: text }).waitFor();
}

export function add() {
  for (const script of [true, false]) {
    journey(`spec: a passage is commented on, answered and settled${script ? '' : ', without JavaScript'}`, (world) =>
      within(world, { script, as: 'bob' }, async (page) => {
        await open(page, `Talk about my passages ${script}`);
        await page.getByRole('link', { name: 'Comment on a passage' }).click();
        await page.getByRole('link', { name: 'Comment on “The agent keeps its session.”' }).click();
        await comment(page, 'The agent keeps its session.', 'For how long?');
        const thread = page.locator('#text .thread');
        await thread.locator('summary', { hasText: 'Reply' }).click();
        await thread.getByLabel('Reply').fill('Until it is told otherwise.');
        await thread.getByRole('button', { name: 'Reply' }).click();
        await thread.getByText('Until it is told otherwise.').waitFor();
        await thread.getByRole('button', { name: 'Settle' }).click();
        await page.getByText('The thread is settled.').waitFor();
        await thread.locator('summary', { hasText: /^Settled by Bob Winter: 2 comments$/ }).waitFor();
        that((await page.locator('#text mark').count()) === 0, 'a settled passage is still marked');
      }));
  }

  journey('spec: words that are selected are commented on', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      await open(page, 'Select my words');
      const link = page.getByRole('link', { name: 'Comment on this' });
      that((await link.count()) === 0, 'the link is there before anything is selected');
      await select(page, 'The agent', 4, 9);
      await link.waitFor();
      // What is in two paragraphs is no passage.
      await select(page, 'The agent', 4, 5, 'It says');
      await link.waitFor({ state: 'hidden' });
      await select(page, 'The agent', 4, 9);
      await link.click();
      await comment(page, 'agent', 'Which one?');
    }));

  journey('spec: words are selected and commented on by keyboard', (world) =>
    within(world, { as: 'bob' }, async (page) => {
      await open(page, 'Select my words by keyboard');
      await page.locator('#text p', { hasText: 'It says' }).dblclick({ position: { x: 4, y: 10 } });
      await page.locator('.passage[href*="quote=It&"]').waitFor();
      await page.keyboard.press('Control+Shift+ArrowRight');
      await page.locator('.passage[href*="quote=It+says"]').waitFor();
      await page.keyboard.press('Tab');
      await page.locator('.passage:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/threads\/new/);
      await comment(page, 'It says', 'Since when?');
    }));
}
