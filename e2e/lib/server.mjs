// A really started server in a temporary folder, ended by its own process id.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 30_000;
const DRAIN_MS = 12_000;

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server filled by `deltaboard demo`: the one that DELTABOARD_URL names, else a new one. */
export async function demo(binary, password) {
  const url = process.env.DELTABOARD_URL;
  return url ? { url, log: () => '', stop: async () => {} } : start({ binary, demo: password });
}

/** Starts `deltaboard serve`. `database` is a PostgreSQL URL, else SQLite; `demo` fills it first, everybody with this password. */
export async function start({ binary, database, demo, registration = 'open' }) {
  const folder = mkdtempSync(join(tmpdir(), 'deltaboard-e2e-'));
  const url = database ?? `sqlite:${join(folder, 'data.db')}`;
  let log = '';
  if (demo) {
    log += execFileSync(binary, ['demo', '--password', demo], { cwd: folder, env: { ...process.env, DELTABOARD_DATABASE_URL: url }, encoding: 'utf8' });
  }
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ['serve', '--listen', address, '--registration', registration, '--newcomer-comments', '0'], {
    cwd: folder,
    env: { ...process.env, DELTABOARD_DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (text) => (log += text));
  child.stderr.on('data', (text) => (log += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const server = {
    url: `http://${address}`,
    log: () => log,
    /** The one-time address of the first start, as the server printed it. */
    firstStart: () => log.match(/https?:\/\/\S+\/start\?secret=\S+/)?.[0],
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), DRAIN_MS);
      await ended;
      clearTimeout(late);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${server.url}/readyz`).catch(() => undefined);
    if (answer?.ok) return server;
    await sleep(50);
  }
  await server.stop();
  throw new Error(`the server did not get ready:\n${log}`);
}
