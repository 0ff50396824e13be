// Every page of an instance that `deltaboard demo` has filled: for axe and for the screenshots.

export const PASSWORD = 'a demo of deltas';

/** Signs in through the form. */
export async function signIn(page, name, password = PASSWORD) {
  await page.goto('/sign-in');
  await page.getByLabel('Handle or e-mail').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const json = async (page, path) => (await page.request.get(path)).json();

/** The key of the delta with these words in its title. */
export async function deltaOf(page, words) {
  const list = await json(page, `/api/v1/deltas?q=${encodeURIComponent(`"${words}"`)}`);
  const found = list.items.find((delta) => delta.title.includes(words));
  if (!found) throw new Error(`no delta “${words}”`);
  return found.key;
}

/** Has several deltas changed at once, of which only the first may be, and is so already: nothing is another after it. Gives the id. */
async function bulk(page, deltas) {
  await signIn(page, 'lukas');
  const change = { labels: { remove: ['on-no-delta'] } };
  const answer = await page.request.post('/api/v1/deltas/bulk', { data: { deltas, change } });
  if (!answer.ok()) throw new Error(`changing several: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()).id;
}

/** Writes a comment and has it shown before it is sent, as those without script do. Gives the answer. */
async function preview(page, path) {
  await page.goto(path, { waitUntil: 'load' });
  await page.locator('#f-body').fill('It **hurts**:\n\n- every day\n- at noon');
  const answer = page.waitForResponse((response) => response.url().includes('/preview?'));
  // With script the button is out of sight.
  await page.locator('form', { has: page.locator('#f-body') }).locator('[formaction^="/preview"]').evaluate((button) => button.click());
  await page.waitForURL('**/preview?*', { waitUntil: 'load' });
  return answer;
}

/** Who sees which page, by a name that is also the screenshot's, and how it is opened where its address alone does not. `who` is a
 * guest where it is empty. */
export async function catalogue(page) {
  const stall = await deltaOf(page, 'leaderless after');
  const spec = await deltaOf(page, 'without stopping');
  const regressed = await deltaOf(page, 'cut short by power loss');
  const duplicate = await deltaOf(page, 'no leader after maintenance');
  const fixed = await deltaOf(page, 'matches the bare name');
  const quiet = await deltaOf(page, 'IPv6');
  const rst = await deltaOf(page, 'An asyncio consumer');
  const markdown = await deltaOf(page, 'Compression dictionaries');
  const run = (await json(page, '/api/v1/projects/heron/runs')).items[0].id;
  const group = (await json(page, '/api/v1/projects/heron/failures?explained=false')).items[0].id;
  const told = (await json(page, `/api/v1/deltas/${stall}/timeline?limit=100`)).items;
  const changed = told.find((one) => one.edited_at && one.body).id;
  const tasks = told.find((one) => one.body?.includes('- [x]')).id;
  const several = await bulk(page, [stall, rst]);
  const list = [
    ['', 'guest-home', '/'],
    ['', 'sign-in', '/sign-in'],
    ['', 'register', '/register'],
    ['', 'guest-projects', '/projects'],
    ['', 'guest-project', '/projects/heron'],
    ['', 'guest-deltas', '/deltas'],
    ['', 'guest-delta', `/deltas/${stall}`],
    ['', 'guest-board', '/orgs/northwind/boards/broker'],
    ['', 'guest-org', '/orgs/basalt'],
    ['', 'guest-failures', '/projects/heron/failures'],
    ['', 'not-found', '/nothing/here'],
    ['', 'reference', '/api'],
    ['', 'help', '/help'],
    ['', 'help-problems', '/help/problems'],
    ['mara', 'home', '/'],
    ['mara', 'projects', '/projects'],
    ['mara', 'project', '/projects/heron'],
    ['mara', 'project-client', '/projects/heron-client'],
    ['mara', 'deltas', '/deltas'],
    ['mara', 'deltas-query', `/deltas?q=${encodeURIComponent('is:open project:heron impact:>15 sort:impact')}`],
    ['mara', 'deltas-none', `/deltas?q=${encodeURIComponent('project:heron label:nothing')}`],
    ['mara', 'deltas-wrong', `/deltas?q=${encodeURIComponent('is:opne project:')}`],
    ['mara', 'deltas-hint', `/deltas?q=${encodeURIComponent('project:heorn component:brokr')}`],
    ['mara', 'views', '/views'],
    ['mara', 'delta', `/deltas/${stall}`],
    ['mara', 'delta-spec', `/deltas/${spec}`],
    ['', 'spec-rst', `/deltas/${rst}`],
    ['mara', 'spec-markdown', `/deltas/${markdown}`],
    ['mara', 'spec-passages', `/deltas/${rst}?passages=yes`],
    ['mara', 'thread-new', `/deltas/${rst}/threads/new?field=body&piece=2`],
    ['mara', 'delta-revision', `/deltas/${rst}/revisions/1`],
    ['mara', 'delta-changes', `/deltas/${stall}/changes`],
    ['mara', 'delta-regressed', `/deltas/${regressed}`],
    ['mara', 'delta-duplicate', `/deltas/${duplicate}`],
    ['mara', 'delta-quiet', `/deltas/${quiet}`],
    ['mara', 'delta-new', '/deltas/new'],
    ['mara', 'delta-new-crash', '/deltas/new?kind=crash'],
    ['tomas', 'delta-edit', `/deltas/${stall}/edit`],
    ['mara', 'delta-revisions', `/deltas/${stall}/revisions`],
    ['mara', 'comment-history', `/deltas/${stall}/comments/${changed}/revisions`],
    ['mara', 'comment-edit', `/deltas/${stall}/comments/${tasks}`],
    ['mara', 'delta-quote', `/deltas/${stall}?quote=${tasks}`],
    ['mara', 'orgs', '/orgs'],
    ['mara', 'org-new', '/orgs/new'],
    ['mara', 'org', '/orgs/northwind'],
    ['mara', 'org-other', '/orgs/basalt'],
    ['mara', 'triage', '/orgs/northwind/triage'],
    ['mara', 'board', '/orgs/northwind/boards/broker'],
    ['mara', 'board-platform', '/orgs/northwind/boards/platform'],
    ['mara', 'tasks', '/orgs/northwind/tasks'],
    ['mara', 'tasks-list', '/orgs/northwind/tasks?as=list'],
    ['mara', 'tasks-board', '/orgs/northwind/tasks?as=board'],
    ['mara', 'tasks-calendar', '/orgs/northwind/tasks?as=calendar'],
    ['mara', 'work', '/work?q=is:open'],
    ['mara', 'insight', '/orgs/northwind/insights'],
    ['mara', 'priorities', '/orgs/northwind/priorities'],
    ['mara', 'ledger', '/orgs/northwind/commitments'],
    ['mara', 'ledger-all', '/orgs/northwind/commitments?show=all'],
    ['mara', 'task-new', '/orgs/northwind/tasks/new'],
    ['mara', 'task', '/tasks/NW-1'],
    ['tomas', 'home-questions', '/'],
    ['adaeze', 'delta-fixed', `/deltas/${fixed}`],
    ['mara', 'org-lens', '/orgs/northwind/lens'],
    ['mara', 'org-outsiders', '/orgs/northwind/outsiders'],
    ['mara', 'radar', '/radar?impact=15'],
    ['', 'guest-radar', '/radar'],
    ['mara', 'project-radar', '/projects/heron/radar'],
    ['mara', 'your-vote', `/deltas/${stall}/vote`],
    ['mara', 'settings-segments', '/settings/segments'],
    ['mara', 'org-settings', '/orgs/northwind/settings'],
    ['mara', 'failures', '/projects/heron/failures'],
    ['mara', 'runs', '/projects/heron/runs'],
    ['mara', 'run', `/runs/${run}`],
    ['lukas', 'failure-group', `/failure-groups/${group}`],
    ['lukas', 'failures-maintainer', '/projects/heron/failures'],
    ['lukas', 'delta-maintainer', `/deltas/${stall}`],
    ['lukas', 'deltas-maintainer', '/deltas'],
    ['lukas', 'delta-duplicates', `/deltas/${stall}/duplicates`],
    ['lukas', 'bulk', `/deltas/bulk/${several}`],
    ['lukas', 'project-outsiders', '/projects/heron/outsiders'],
    ['lukas', 'project-imports', '/projects/heron/imports'],
    ['lukas', 'project-settings', '/projects/heron/settings'],
    ['lukas', 'project-tokens', '/projects/heron/settings/tokens'],
    ['lukas', 'home-no-org', '/'],
    ['mara', 'forbidden', '/projects/heron/settings'],
    ['mara', 'person', '/people/tomas'],
    ['mara', 'settings', '/settings'],
    ['mara', 'settings-tokens', '/settings/tokens'],
    ['mara', 'settings-sessions', '/settings/sessions'],
    ['mara', 'admin', '/admin'],
    // The last of hers: a draft stays behind.
    ['mara', 'preview', `/deltas/${stall}`, preview],
  ];
  return list.map(([who, name, path, open]) => ({ who, name, path, open }));
}

/** Calls `visit(page, entry, faults)` on each page, in one window a person. */
export async function eachPage(browser, server, options, visit) {
  const { window } = await import('./browser.mjs');
  const first = await window(browser, { url: server.url });
  const entries = await catalogue(first.page);
  await first.close();
  for (const who of new Set(entries.map((entry) => entry.who))) {
    const { page, faults, close } = await window(browser, { url: server.url, ...options });
    if (who) await signIn(page, who);
    for (const entry of entries.filter((entry) => entry.who === who)) {
      faults.length = 0;
      const answer = await (entry.open ? entry.open(page, entry.path) : page.goto(entry.path, { waitUntil: 'load' }));
      const wanted = { 'not-found': 404, forbidden: 403, 'deltas-wrong': 422 }[entry.name] ?? 200;
      if (answer.status() !== wanted) faults.push(`status ${answer.status()}, not ${wanted}`);
      await visit(page, entry, faults);
    }
    await close();
  }
}
