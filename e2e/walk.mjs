// Two people look at one board in two windows of Chromium; the first drags a card, the second sees it move. Prints one line of JSON.
import { chromium } from 'playwright-core';

const { BASE, BOARD, CARD, COLUMN, FIRST, SECOND, PASSWORD, CHROMIUM } = process.env;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });

/** A window of somebody who has signed in through the page, on the board. */
async function open(name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', error => { throw new Error(`${name}'s page: ${error.message}`); });
  await page.goto(`${BASE}/sign-in?next=${encodeURIComponent(BOARD)}`);
  await page.getByLabel(/name|mail/i).first().fill(name);
  await page.getByLabel(/password/i).first().fill(PASSWORD);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL(url => url.pathname !== '/sign-in');
  if (new URL(page.url()).pathname !== BOARD) await page.goto(`${BASE}${BOARD}`);
  return page;
}

const card = page => page.locator(`[data-card="${CARD}"]`);
const column = page => page.locator(`[data-column="${COLUMN}"]`);
const within = page => column(page).locator(`[data-card="${CARD}"]`);

try {
  const [first, second] = await Promise.all([open(FIRST), open(SECOND)]);
  for (const page of [first, second]) {
    await card(page).waitFor();
    // The board takes hold of its cards when its script has started.
    await page.locator('[data-live="open"]').first().waitFor({ timeout: 20000 });
    if (await within(page).count()) throw new Error(`${CARD} stands in ${COLUMN} already`);
  }
  const from = await card(first).boundingBox();
  const to = await column(first).boundingBox();
  await first.mouse.move(from.x + from.width / 2, from.y + 10);
  await first.mouse.down();
  await first.mouse.move(from.x + from.width / 2 + 12, from.y + 24, { steps: 4 });
  await first.mouse.move(to.x + to.width / 2, to.y + Math.min(80, to.height / 2), { steps: 12 });
  const began = Date.now();
  await first.mouse.up();
  await within(first).waitFor({ timeout: 5000 });
  await within(second).waitFor({ timeout: 5000 });
  console.log(JSON.stringify({ milliseconds: Date.now() - began }));
} finally {
  await browser.close();
}
