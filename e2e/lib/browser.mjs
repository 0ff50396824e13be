// Chromium, and pages that remember everything that went wrong in them.
import { chromium } from 'playwright-core';
import { signIn } from './pages.mjs';

/** Everybody's password in the journeys. */
export const WORD = 'correct horse battery';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Starts the Chromium that CHROMIUM names. */
export function launch() {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error('CHROMIUM must name the browser');
  return chromium.launch({ executablePath, args: FLAGS });
}

// A failed request for the page itself is the browser's line for a 4xx document: the journeys ask for those on purpose.
const WANTED = /^Failed to load resource: the server responded with a status of (401|403|404|409|412|422|429)/;

/** A window of its own person. `faults` collects console errors, broken scripts and what the content security policy refused. */
export async function window(browser, { url, script = true, dark = false, width = 1440, height = 900, touch = false } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width, height },
    hasTouch: touch,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  context.setDefaultNavigationTimeout(30_000);
  const page = await context.newPage();
  page.scriptless = !script;
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error' && !WANTED.test(line.text())) faults.push(`${page.url()}: ${line.text()}`);
  });
  page.on('response', (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  return { page, context, faults, close: () => context.close() };
}

/** Waits until the islands of a page have started; at once where there are none. */
export async function ready(page) {
  await page.waitForLoadState('load');
  if (page.scriptless || !(await page.locator('script[type=module]').count())) return;
  await page.locator('html[data-islands=alive]').waitFor({ state: 'attached' });
}

/** Opens a window, does something in it, closes it; what went wrong in the page itself is an error too. */
export async function within(world, options, act) {
  const opened = await window(world.browser, { url: world.url, ...options });
  try {
    if (options.as) await signIn(opened.page, options.as, WORD);
    await act(opened.page, opened);
    if (opened.faults.length) throw new Error(`in the page: ${opened.faults.join('\n')}`);
  } finally {
    await opened.close();
  }
}
