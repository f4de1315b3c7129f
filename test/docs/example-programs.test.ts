// The example programs of the documentation sign users in and protect an API, with the commands and
// files that the documentation prints.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse } from '#test/support/cli/shell.ts';
import {
  createVisitor,
  fetchPatiently,
  freeAddress,
  locationOf,
  passPages,
  readProgram,
} from '#test/support/docs/example-programs.ts';
import { openDesk, readSection, type Desk } from '#test/support/docs/printed-commands.ts';

const recipes = 'docs/relying-parties.md';
const singlePageApps = 'docs/guides/single-page-apps.md';
const resourceServers = 'docs/guides/resource-servers.md';

describe('example programs of the documentation', () => {
  const closing = closeInReverse({ after });
  const late: { both?: Awaited<ReturnType<typeof openBoth>> } = {};
  before(async () => {
    late.both = await openBoth(closing);
  });
  const both = () => {
    assert.ok(late.both);
    return late.both;
  };
  const app = () => both().app;

  /**
   * A working directory whose programs use the issuer of the test, and one address in place of the printed
   * one.
   */
  async function openDeskAt(t: TestContext, printed: string, used: string): Promise<Desk> {
    const places = { 'http://localhost:3000': app().issuer, [printed]: used };
    return openDesk(t, { settings: both().settings, places });
  }

  it('create a user without the password in the history of the shell (getting started)', async (t) => {
    const desk = await openDeskAt(t, 'ann@example.com', 'ann.reader@example.com');
    const blocks = await readSection('docs/getting-started.md', 'Create users and clients');

    const out = await desk.run(blocks[0]?.code ?? 'false', 'correct horse battery staple\n');

    assert.match(out, /^email +ann\.reader@example\.com$/m);
    assert.match(out, /^client_name +First app$/m);
    assert.match(out, /^Usage: ostiary/m);
  });

  it('sign a user in (README)', async (t) => {
    const home = await freeAddress();
    const person = await app().createUser();
    const desk = await openDeskAt(t, 'http://127.0.0.1:8080/', home.href);
    const [commands, program] = await readSection('README.md', 'A relying party');
    await desk.writeFiles([program ?? { language: '', code: '' }]);
    const listening = (await readProgram('README.md', 'app.mjs')).replace(
      'listen(8080',
      `listen(${home.port}`,
    );
    await writeFile(join(desk.directory, 'app.mjs'), desk.adapt(listening));

    const running = desk.start(commands?.code ?? 'false');
    const start = await lineWith(running, 'Open ');
    const answer = await fetch(await passPages(app(), start, person));

    assert.equal(await answer.text(), `Hello ${person.id}`);
  });

  it('sign in, refresh, show claims and sign out on a server', async (t) => {
    const home = (await freeAddress()).origin;
    const person = await app().createUser({ claims: { name: 'Ann Example' } });
    const desk = await openDeskAt(t, 'http://127.0.0.1:8082', home);
    const blocks = await readSection(recipes, 'Web application with a server');
    await desk.register(blocks);
    await desk.writeFiles(blocks);
    // Treats every access token as about to expire.
    const program = await readProgram(recipes, 'server-app.mjs');
    const eager = program.replace('tokens.expires_in - 30', 'tokens.expires_in - 36_000');
    await writeFile(join(desk.directory, 'server-app.mjs'), eager);
    const visit = createVisitor();

    desk.start(commandOf(blocks, 'server-app.mjs'));
    const stranger = await (await visit(home)).text();
    const start = locationOf(await visit(`${home}/sign-in`));
    const signedIn = await visit(await passPages(app(), start, person));
    const pages = await Promise.all([visit(home), visit(home), visit(home)]);
    const texts = await Promise.all(pages.map((page) => page.text()));
    const out = new URL(locationOf(await visit(`${home}/sign-out`)));

    assert.equal(stranger, `Please sign in: ${home}/sign-in`);
    assert.equal(signedIn.status, 303);
    assert.deepEqual(texts, ['Hello Ann Example', 'Hello Ann Example', 'Hello Ann Example']);
    assert.equal(out.pathname, '/oauth2/logout');
    assert.equal(await (await visit(home)).text(), stranger);
  });

  it('sign in, refresh and call an API with the module of the browser client', async (t) => {
    const person = await app().createUser();
    const home = await freeAddress();
    const desk = await openDeskAt(t, 'http://127.0.0.1:8081/', home.href);
    const blocks = await readSection(singlePageApps, 'Browser client');
    await desk.register(blocks);
    await desk.writeFiles(blocks);
    await writeFile(join(desk.directory, 'page.mjs'), pageOfBrowserApp);

    const page = desk.start('node page.mjs');
    page.say((await passPages(app(), await page.line(), person)).href);

    assert.equal(await page.line(), person.id);
    assert.equal(await page.line(), '200');
  });

  it('sign in on a device with offline access', async (t) => {
    const person = await app().createUser();
    const desk = await openDeskAt(t, 'unused', 'unused');
    const blocks = await readSection(recipes, 'Native client');
    await desk.register(blocks);
    await desk.writeFiles(blocks);

    const device = desk.start(commandOf(blocks, 'native-app.mjs'));
    await fetch(await passPages(app(), await lineWith(device, 'Please open '), person));

    assert.equal(await device.line(), `Signed in as ${person.id}, to stay`);
  });

  for (const [format, name] of [
    ['opaque', 'api.mjs'],
    ['jwt', 'api-jwt.mjs'],
  ] as const) {
    it(`protect an API with ${format} tokens`, async (t) => {
      const address = await freeAddress();
      const audience = `https://${format}.example.com`;
      const places = {
        'http://localhost:3000': app().issuer,
        'https://api.example.com': audience,
        'PORT=8083': `PORT=${address.port}`,
        'format opaque': `format ${format}`,
      };
      const desk = await openDesk(t, { settings: both().settings, places });
      const blocks = await readSection(resourceServers, 'An API');
      await desk.run(commandOf(blocks, 'resource create'));
      await desk.register(blocks);
      await desk.writeFiles(blocks);
      const person = await app().createUser();
      const rp = await app().relyingParty();
      const parameters = { resource: audience, prompt: 'consent' };
      const reader = await rp.login(person, { ...parameters, scope: 'openid tasks:read' });
      const writer = await rp.login(person, { ...parameters, scope: 'openid tasks:write' });

      desk.start(commandOf(blocks, name));
      const call = (token: string) =>
        fetchPatiently(address, { headers: { authorization: `Bearer ${token}` } });
      const [allowed, refused, unknown] = [
        await call(reader.accessToken),
        await call(writer.accessToken),
        await call('ost_at_unknown'),
      ];

      assert.deepEqual(await allowed.json(), { tasksOf: person.id });
      assert.deepEqual([allowed.status, refused.status, unknown.status], [200, 403, 401]);
    });
  }
});

type Blocks = Awaited<ReturnType<typeof readSection>>;

/** The command block that contains these words. */
function commandOf(blocks: Blocks, words: string): string {
  const found = blocks.find(({ language, code }) => language === 'sh' && code.includes(words));
  if (!found) throw new Error(`no command with ${words}`);
  return found.code;
}

/** Skips lines until one starts with these words, and returns the rest of it. */
async function lineWith(running: { line(): Promise<string> }, words: string): Promise<string> {
  for (;;) {
    const line = await running.line();
    if (line.startsWith(words)) return line.slice(words.length);
  }
}

/** The page of the program, with browser storage and a redirect URI. */
const pageOfBrowserApp = `
import { once } from 'node:events';
const memory = new Map();
globalThis.sessionStorage = {
  getItem: (name) => memory.get(name) ?? null,
  setItem: (name, value) => void memory.set(name, value),
  removeItem: (name) => void memory.delete(name),
};
const { callApi, finish, refresh, signIn } = await import('./browser-app.js');
const { issuer } = await import('./settings.js');
console.log(await signIn());
const [href] = await once(process.stdin, 'data');
console.log((await finish(String(href).trim())).sub);
await refresh();
console.log((await callApi(issuer + '/oauth2/userinfo')).status);
`;
