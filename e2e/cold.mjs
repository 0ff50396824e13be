// Loads a page five times in a browser that has never seen it; prints the medians as one line of JSON.
import { launch } from './lib/browser.mjs';
import { signIn } from './lib/pages.mjs';
import { medians } from './lib/medians.mjs';

const { BASE, PAGE, NAME, PASSWORD } = process.env;
const browser = await launch();

/** Signs in through the page and gives the cookies. */
async function cookies() {
  const context = await browser.newContext({ baseURL: BASE });
  await signIn(await context.newPage(), NAME, PASSWORD);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function load(storageState) {
  const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  const seen = { bytes: 0, requests: 0 };
  await client.send('Network.enable');
  client.on('Network.responseReceived', () => { seen.requests += 1; });
  // Streams never end: what came of them so far counts too.
  client.on('Network.loadingFinished', (event) => { seen.bytes += event.encodedDataLength; });
  await page.addInitScript(() => {
    window.lcp = 0;
    window.cls = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.lcp = entry.startTime; })
      .observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.cls += entry.value; })
      .observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${BASE}${PAGE}`, { waitUntil: 'load' });
  await page.waitForTimeout(1500);
  const told = await page.evaluate(() => ({ lcp: window.lcp, cls: window.cls, nodes: document.querySelectorAll('*').length }));
  await context.close();
  return { ...seen, ...told };
}

try {
  const state = await cookies();
  const loads = [];
  for (let i = 0; i < 5; i += 1) loads.push(await load(state));
  console.log(JSON.stringify(medians(loads)));
} finally {
  await browser.close();
}
