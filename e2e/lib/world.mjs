// Setting a scene through the API, with the session of the window at hand.
import { that } from './runner.mjs';

/** Sends a request and gives the answer's JSON. */
export async function api(page, method, path, data, headers = {}) {
  const answer = await page.request.fetch(`/api/v1${path}`, { method, data, headers });
  that(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? undefined : answer.json();
}

/** Files a delta and gives its key. */
export async function file(page, title, more = {}) {
  const delta = { kind: 'bug', project: 'heron', title, desired: 'It works.', actual: 'It does not.', ...more };
  return (await api(page, 'POST', '/deltas', delta)).key;
}
