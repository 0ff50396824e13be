// axe-core on every page, in both themes and two widths; no sideways scroll; no script without an island; nothing in the console.
import { createRequire } from 'node:module';
import { ready } from './lib/browser.mjs';
import { PASSWORD, eachPage } from './lib/pages.mjs';
import { count } from './lib/runner.mjs';
import { demo } from './lib/server.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** What axe says against a page, a line a rule. */
async function violations(page) {
  // Handed to the page by the debugger's side: the content security policy stays in force for the page itself.
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS);
  return found.violations.map(({ id, help, nodes }) => {
    const where = nodes.slice(0, 4).map((node) => `${node.target.join(' ')} — ${node.any[0]?.message ?? node.html.slice(0, 120)}`);
    return `${id}: ${help} (${nodes.length})\n  ${where.join('\n  ')}`;
  });
}

/** Things wider than the window: their outlines. */
const tooWide = (page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > width + 1);
    return wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 140));
  });

/** Checks each page; one result a page, theme and width. */
export async function axe(browser, binary, filter = '') {
  const server = await demo(binary, PASSWORD);
  try {
    for (const dark of [false, true]) {
      for (const width of [1440, 360]) {
        await eachPage(browser, server, { dark, width, height: width === 360 ? 740 : 900 }, async (page, { name, path }, faults) => {
          if (!name.includes(filter)) return;
          const wrong = [];
          try {
            await ready(page);
            wrong.push(...(await violations(page)));
            const islands = await page.locator('leptos-island').count();
            const scripts = await page.locator('script').count();
            if (scripts && !islands) wrong.push('loads a script without having an island');
            const wide = width === 360 ? await tooWide(page) : [];
            if (wide.length) wrong.push(`scrolls sideways:\n  ${wide.join('\n  ')}`);
          } catch (error) {
            wrong.push(error.message);
          }
          wrong.push(...faults);
          count(`axe ${name} ${path} ${dark ? 'dark' : 'light'} ${width}`, wrong.join('\n'));
        });
      }
    }
  } finally {
    await server.stop();
  }
}
