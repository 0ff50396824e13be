// Opens a large board and drags a card over it; prints first paint and frames as one line of JSON, medians of three.
import { launch } from './lib/browser.mjs';
import { signIn } from './lib/pages.mjs';
import { medians } from './lib/medians.mjs';

const { BASE, PAGE, NAME, PASSWORD } = process.env;
const browser = await launch();

async function measure() {
  const context = await browser.newContext({ baseURL: BASE, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, NAME, PASSWORD);
  await page.goto(`${BASE}${PAGE}`, { waitUntil: 'load' });
  await page.locator('html[data-islands=alive]').waitFor({ state: 'attached' });
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now());
  const card = page.locator('.col').nth(1).locator('[data-card]').nth(1);
  const box = await card.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 12);
  await page.mouse.down();
  await page.evaluate(() => {
    window.frames = [];
    const tick = (at) => { window.frames.push(at); window.requestAnimationFrame(tick); };
    window.requestAnimationFrame(tick);
  });
  // A person's hand: over the columns and back, some hundred steps in two seconds.
  for (let step = 0; step < 120; step += 1) {
    const way = Math.sin((step / 120) * Math.PI);
    await page.mouse.move(box.x + box.width / 2 + way * 600, box.y + 12 + way * 300);
    await page.waitForTimeout(8);
  }
  const frames = await page.evaluate(() => window.frames);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await context.close();
  const gaps = frames.slice(1).map((at, index) => at - frames[index]);
  return { paint, fps: (gaps.length * 1000) / (frames.at(-1) - frames[0]), longest: Math.max(...gaps) };
}

try {
  const loads = [];
  for (let i = 0; i < 3; i += 1) loads.push(await measure());
  console.log(JSON.stringify(medians(loads)));
} finally {
  await browser.close();
}
