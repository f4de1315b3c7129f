// The example programs of the documentation sign users in and protect an API.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import {
  createVisitor,
  fetchPatiently,
  freeAddress,
  layOut,
  locationOf,
  passPages,
  readProgram,
  runProgram,
} from '#test/support/docs/example-programs.ts';

const recipes = 'docs/relying-parties.md';

describeApp('example programs of the documentation', { arrangement: 'embedded, memory' }, (app) => {
  it('sign a user in (README)', async (t) => {
    const home = await freeAddress();
    const person = await app().createUser();
    const { clientId } = await app().createClient({ redirect_uris: [home.href] });
    const shown = await readProgram('README.md', 'app.mjs');
    const program = shown
      .replace("'http://localhost:3000'", `'${app().issuer}'`)
      .replace("'http://127.0.0.1:8080/'", `'${home.href}'`)
      .replace("'my-app'", `'${clientId}'`)
      .replace('listen(8080', `listen(${home.port}`);
    const directory = await layOut(t, { 'app.mjs': program });

    const running = runProgram(t, join(directory, 'app.mjs'));
    const start = (await running.line()).replace('Open ', '');
    const answer = await fetch(await passPages(app(), start, person));

    assert.equal(await answer.text(), `Hello ${person.id}`);
  });

  it('sign in, refresh, show claims and sign out on a server', async (t) => {
    const home = (await freeAddress()).origin;
    const person = await app().createUser({ claims: { name: 'Ann Example' } });
    const { clientId, clientSecret } = await app().createClient({
      auth: 'client_secret_basic',
      redirect_uris: [`${home}/callback`],
      post_logout_redirect_uris: [`${home}/`],
    });
    const program = await readProgram(recipes, 'server-app.mjs');
    // Treats every access token as about to expire.
    const eager = program.replace('tokens.expires_in - 30', 'tokens.expires_in - 36_000');
    const directory = await layOut(t, { 'server-app.mjs': eager });
    const visit = createVisitor();

    const env = { ISSUER: app().issuer, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
    runProgram(t, join(directory, 'server-app.mjs'), { ...env, HOME: home });
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

  it('sign in, refresh and call an API in the browser', async (t) => {
    const person = await app().createUser();
    const redirectUri = 'https://rp.example/cb';
    const { clientId } = await app().createClient({ redirect_uris: [redirectUri] });
    const settings = { clientId, redirectUri, issuer: app().issuer };
    const exports = Object.entries(settings).map(
      ([name, value]) => `export const ${name} = '${value}';\n`,
    );
    const directory = await layOut(t, {
      'settings.js': exports.join(''),
      'browser-app.js': await readProgram(recipes, 'browser-app.js'),
      'page.mjs': pageOfBrowserApp,
    });

    const page = runProgram(t, join(directory, 'page.mjs'));
    page.say((await passPages(app(), await page.line(), person)).href);

    assert.equal(await page.line(), person.id);
    assert.equal(await page.line(), '200');
  });

  it('sign in on a device with offline access', async (t) => {
    const person = await app().createUser();
    const { clientId } = await app().createClient({
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    });
    const program = await readProgram(recipes, 'native-app.mjs');
    const directory = await layOut(t, { 'native-app.mjs': program });

    const env = { ISSUER: app().issuer, CLIENT_ID: clientId };
    const device = runProgram(t, join(directory, 'native-app.mjs'), env);
    const start = (await device.line()).replace('Please open ', '');
    await fetch(await passPages(app(), start, person));

    assert.equal(await device.line(), `Signed in as ${person.id}, to stay`);
  });

  for (const [format, name] of [
    ['opaque', 'api.mjs'],
    ['jwt', 'api-jwt.mjs'],
  ] as const) {
    it(`protect an API with ${format} tokens`, async (t) => {
      const address = await freeAddress();
      const scopes = ['tasks:read', 'tasks:write'];
      const { audience } = await app().createApi({ scopes, accessTokenFormat: format });
      const api = await app().createClient({
        auth: 'client_secret_basic',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        resources: [audience],
      });
      const person = await app().createUser();
      const rp = await app().relyingParty();
      const parameters = { resource: audience, prompt: 'consent' };
      const reader = await rp.login(person, { ...parameters, scope: 'openid tasks:read' });
      const writer = await rp.login(person, { ...parameters, scope: 'openid tasks:write' });
      const directory = await layOut(t, { [name]: await readProgram(recipes, name) });

      runProgram(t, join(directory, name), {
        ISSUER: app().issuer,
        CLIENT_ID: api.clientId,
        CLIENT_SECRET: api.clientSecret,
        AUDIENCE: audience,
        PORT: address.port,
      });
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

/** The page of the program: it has the storage of a browser and a redirect URI. */
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
