// The OpenAPI document and its pages: their URLs, who may read them, and the origins that they load from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';

const paths = ['openapi.json', 'docs', 'docs/swagger-ui.css', 'redoc', 'redoc/redoc-start.js'];

const statusesOf = (app: TestApp, browser = app.browser()) =>
  Promise.all(
    paths.map(async (path) => {
      const page = await browser.open(`${app.issuer}/auth/${path}`);
      return page.has('sign-in') ? 'sign-in' : page.status;
    }),
  );

describeApp('the API documentation', {}, (app) => {
  const get = (path: string) => app().send(new URL(`${app().issuer}/auth/${path}`), {});

  it('is public in development', async () => {
    assert.deepEqual(await statusesOf(app()), [200, 200, 200, 200, 200]);
  });

  it('serves an OpenAPI 3.1 document of this server', async () => {
    const answer = await get('openapi.json');
    const document = Object(await answer.json());

    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(document.servers, [{ url: app().issuer }]);
  });

  for (const path of ['docs', 'redoc']) {
    it(`loads ${path} from this origin only, without inline scripts`, async () => {
      const answer = await get(path);
      const html = await answer.text();
      const policy = answer.headers.get('content-security-policy') ?? '';

      assert.match(policy, /script-src 'self';/);
      assert.match(policy, /connect-src 'self';/);
      const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
      assert.ok(loaded.length > 2);
      for (const url of loaded) {
        assert.ok(url.startsWith('/auth/'), url);
        const file = await app().send(new URL(url, app().issuer), {});
        assert.equal(file.status, 200, url);
        assert.ok((await file.text()).length > 0, url);
      }
      assert.doesNotMatch(html, /<script>|\son\w+=/);
    });
  }

  it('serves no other file of the packages', async () => {
    for (const path of ['docs/package.json', 'docs/..%2fpackage.json', 'redoc/__proto__']) {
      const { status } = await get(path);
      assert.ok(status === 404 || status === 400, `${path} ${status}`);
    }
  });
});

describe('DOCS_ACCESS', () => {
  it('off: answers 404', async (t) => {
    const app = await startTestApp(t, { settings: { DOCS_ACCESS: 'off' } });

    assert.deepEqual(await statusesOf(app), [404, 404, 404, 404, 404]);
  });

  it('signed-in: asks visitors to sign in', async (t) => {
    const app = await startTestApp(t, { settings: { DOCS_ACCESS: 'signed-in' } });

    assert.deepEqual(new Set(await statusesOf(app)), new Set(['sign-in']));
    const browser = await signedIn(app, await app.createUser());
    assert.deepEqual(await statusesOf(app, browser), [200, 200, 200, 200, 200]);
  });

  it('admin: refuses other users', async (t) => {
    const app = await startTestApp(t, { settings: { DOCS_ACCESS: 'admin' } });
    const [person, admin] = [await app.createUser(), await app.createUser()];
    await app.services.roles.grant(admin.id, 'admin', app.services.now());

    assert.deepEqual(new Set(await statusesOf(app)), new Set(['sign-in']));
    const refused = await statusesOf(app, await signedIn(app, person));
    assert.deepEqual(new Set(refused), new Set([403]));
    assert.deepEqual(new Set(await statusesOf(app, await signedIn(app, admin))), new Set([200]));
  });
});

async function signedIn(
  app: TestApp,
  { email, password }: Awaited<ReturnType<TestApp['createUser']>>,
) {
  const browser = app.browser();
  const page = await browser.open(`${app.issuer}/auth/sign-in`);
  await page.press('sign-in', { login: email, password });
  return browser;
}
