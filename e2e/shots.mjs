// Screenshots of every page into a folder: node shots.mjs DIR [FILTER]. Light and dark at 1440 px, light at 360 px.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, ready } from './lib/browser.mjs';
import { PASSWORD, eachPage } from './lib/pages.mjs';
import { demo } from './lib/server.mjs';

const [folder = 'target/shots', filter = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const looks = [
  ['light', { width: 1440, height: 900 }],
  ['dark', { width: 1440, height: 900, dark: true }],
  ['360', { width: 360, height: 740, touch: true }],
];
const server = await demo(process.env.DELTABOARD_BIN, PASSWORD);
const browser = await launch();
let pictures = 0;
try {
  for (const [look, options] of looks.filter(([look]) => (process.env.LOOKS ?? look).includes(look))) {
    await eachPage(browser, server, options, async (page, { name }) => {
      if (filter && !filter.split(',').includes(name)) return;
      await ready(page).catch((error) => console.error(`${name}: ${error.message}`));
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
      pictures += 1;
    });
  }
} finally {
  await browser.close();
  await server.stop();
}
console.log(`${pictures} pictures in ${folder}`);
