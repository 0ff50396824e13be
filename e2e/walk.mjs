// Two people look at one board in two windows of Chromium; the first drags a card, the second sees it move. Prints one line of JSON.
import { launch, ready, window } from './lib/browser.mjs';
import { signIn } from './lib/pages.mjs';

const { BASE, BOARD, CARD, COLUMN, FIRST, SECOND, PASSWORD } = process.env;
const browser = await launch();

const card = (page) => page.locator(`[data-card="${CARD}"]`);
const column = (page) => page.locator(`[data-column="${COLUMN}"]`);
const within = (page) => column(page).locator(`[data-card="${CARD}"]`);

/** A window of somebody who has signed in, with the board alive and its stream open. */
async function open(name) {
  const opened = await window(browser, { url: BASE });
  await signIn(opened.page, name, PASSWORD);
  await opened.page.goto(BOARD);
  await ready(opened.page);
  await opened.page.locator('[data-live=open]').waitFor();
  if (await within(opened.page).count()) throw new Error(`${CARD} stands in ${COLUMN} already`);
  return opened;
}

try {
  const [first, second] = await Promise.all([open(FIRST), open(SECOND)]);
  const [from, to] = [await card(first.page).boundingBox(), await column(first.page).boundingBox()];
  const mouse = first.page.mouse;
  await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await mouse.down();
  await mouse.move(to.x + to.width / 2, to.y + Math.min(90, to.height / 2), { steps: 12 });
  const began = Date.now();
  await mouse.up();
  await within(second.page).waitFor();
  const milliseconds = Date.now() - began;
  await within(first.page).waitFor();
  const faults = [...first.faults, ...second.faults];
  if (faults.length) throw new Error(faults.join('\n'));
  console.log(JSON.stringify({ milliseconds }));
} finally {
  await browser.close();
}
