// Every journey through a really started server, in Chromium. The last line is `N passed, N failed`.
//
// DELTABOARD_BIN        the server's program
// CHROMIUM              the browser's program
// DATABASE_URL_POSTGRES an empty PostgreSQL database; without it the journeys run on SQLite only
// node run.mjs [WORDS]  only journeys and pages whose name holds these words
import { axe } from './axe.mjs';
import { launch } from './lib/browser.mjs';
import { close, count, run } from './lib/runner.mjs';
import { start } from './lib/server.mjs';

const { DELTABOARD_BIN: binary, DATABASE_URL_POSTGRES: postgres } = process.env;
const filter = process.argv[2] ?? '';
if (!binary) throw new Error('DELTABOARD_BIN must name the server');

const browser = await launch();

/** Runs all journeys against one database. They build on each other: what the first makes, the later ones use. */
async function journeys(database, label) {
  const server = await start({ binary, database });
  const world = { browser, server, url: server.url };
  let failed = false;
  try {
    for (const file of ['start', 'people', 'delta', 'talk', 'spec', 'triage', 'views', 'import', 'board', 'ci', 'settings', 'errors']) {
      const { add } = await import(`./journeys/${file}.mjs`);
      add();
    }
    await run(world, { filter: (name) => name.includes(filter), label, onFault: () => (failed = true) });
  } finally {
    await server.stop();
    if (failed) console.log(`--- the server's log${label}\n${server.log()}---`);
  }
}

try {
  if (!filter.startsWith('axe')) {
    await journeys(undefined, ' [sqlite]');
    if (postgres) await journeys(postgres, ' [postgres]');
  }
  if (!filter || filter.startsWith('axe')) await axe(browser, binary, filter.replace(/^axe ?/, ''));
} catch (error) {
  count('the journeys as a whole', error.stack);
} finally {
  await browser.close();
}
process.exitCode = close() ? 0 : 1;
