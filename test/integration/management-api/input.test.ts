// Invalid input to the management API: 400 with the name of the member or 404 for a malformed id,
// but never 500 and never a database error message.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  createApiClient,
  type ApiAnswer,
  type ApiRequest,
} from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { listApiRoutes } from '#server/routes/management-api.ts';

const anId = '00000000-0000-4000-8000-000000000000';

const strangeValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e9,
  '',
  ' ',
  [],
  ['x'],
  {},
  { $ne: 1 },
  'x'.repeat(50_000),
  "' OR 1=1--",
  'a\nb',
  '\u202eabc\u0007',
];

describeApp('input validation of the management API', {}, (app) => {
  it('names the invalid member of the body', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const block = (body: ApiRequest['body']) =>
      api.call('POST', `users/${id}/block`, body === undefined ? {} : { body });

    const wrong: readonly (readonly [ApiRequest['body'], RegExp])[] = [
      [undefined, /"reason" must be a sentence/],
      [{}, /"reason" must be a sentence/],
      [{ reason: 'x', until: 'tomorrow' }, /"until" must be a date and time/],
      [{ reason: 'x', until: '2020-01-01T00:00:00Z' }, /"until" has passed/],
      [{ reason: 'x', until: 1e12 }, /"until" must be a date and time/],
      [{ reason: 'x', admin: true }, /^Unknown property "admin" in request body\.$/],
      [
        { reason: 'x', user_id: anId, admin: true },
        /^Unknown properties "user_id", "admin" in request body\.$/,
      ],
      ['[]', /must be an object/],
      ['"text"', /must be an object/],
      ['{"reason":"x"', /not well-formed/],
      ['{"reason":"x","reason":"y"}', /more than once/],
      ['{"reason":"\\u0000"}', /NUL/],
      ['{"reason":"x","__proto__":{"until":1}}', /not allowed/],
    ];
    for (const [body, expected] of wrong) {
      const answer = await block(body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(String(answer.body['detail']), expected);
    }
    assert.equal((await api.get(`users/${id}`)).body['blocked_at'], null);
  });

  it('answers 415 to a body that is not JSON', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''];

    for (const type of types) {
      const headers = { 'content-type': type };
      const answer = await api.call('POST', `users/${id}/block`, { body: 'reason=x', headers });
      assert.equal(answer.status, 415, type);
    }
  });

  it('names the invalid query parameter and refuses unknown ones', async () => {
    const api = await createApiClient(app());

    const wrong = {
      limit: ['-1', '0', '101', '1e9', '1.5', '', 'x', '٣'],
      user_id: ['x', `${anId}x`, "' or 1=1 --"],
      event: ['user.exploded', 'toString', '__proto__'],
      from: ['yesterday', '2026-13-01T00:00:00Z', '0000-01-01T00:00:00Z'],
      client_id: ['', 'x'.repeat(256), 'ä'],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const answer = await api.get('audit', { [name]: value });
        assert.equal(answer.status, 400, `${name}=${value} ${answer.text}`);
        assert.match(String(answer.body['detail']), new RegExp(`"${name}"`));
      }
    }
    for (const name of ['sort', 'order', 'offset', 'fields', 'constructor']) {
      const answer = await api.get('audit', { [name]: 'password_hash' });
      assert.equal(answer.status, 400, name);
      assert.match(String(answer.body['detail']), new RegExp(`Unknown parameter "${name}"`));
    }
  });

  it('answers 4xx to malformed members and ids on every route', async () => {
    const api = await createApiClient(app());
    const changing = listApiRoutes(app().services).filter(({ method }) => method !== 'GET');
    for (const { method, path } of changing) {
      const address = addressOf(path, anId);
      for (const value of strangeValues) {
        const body = { reason: value, until: value, [String(value).slice(0, 9)]: value };
        assertRefused(await api.call(method, address, { body }), `${method} ${path}`);
      }
    }
    const ids = ['x', '%00', '%ff%fe', `${anId}%27`, '..;', '1e999', 'a'.repeat(3000)];
    for (const { method, path } of listApiRoutes(app().services)) {
      if (!path.includes('{')) continue;
      for (const id of ids) {
        const body = method === 'POST' && path.endsWith('/block') ? { reason: 'x' } : undefined;
        const answer = await api.call(method, addressOf(path, id), body ? { body } : {});
        assertRefused(answer, `${method} ${path} ${id}`);
      }
    }
  });

  it('includes no secrets in any response', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(person);
    await rp.refresh(login.refreshToken);

    const answers = await Promise.all([
      api.get(`users/${person.id}`),
      api.get(`users/${person.id}/sessions`),
      api.get(`users/${person.id}/grants`),
      api.get('refresh-families', { user_id: person.id }),
      api.get('audit', { user_id: person.id }),
      api.get('audit/export'),
    ]);

    const texts = answers.map(({ text }) => text).join('\n');
    assert.doesNotMatch(texts, /secret|argon2|password|(?:current|id|email)_hash|ost_[a-z]{2}_/);
    for (const secret of [login.accessToken, login.refreshToken, login.callback.code]) {
      assert.equal(texts.includes(secret), false);
    }
  });
});

/** Fills every parameter with the same value. */
function addressOf(path: string, value: string): string {
  return path.slice(1).replaceAll(/\{\w+\}/g, value);
}

function assertRefused(answer: ApiAnswer, what: string): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
  assert.doesNotMatch(answer.text, /postgres|syntax|column|relation|select |at file:/i, what);
}
