// Idempotency-Key on creations (decision 0027): repetitions, other content, secrets, two nodes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createApiClient,
  createCaller,
  itemsOf,
  type ApiAnswer,
} from '#test/support/actors/api-client.ts';
import { describeApp, startTestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';

const withKey = (body: object, key: string) => ({ body, headers: { 'idempotency-key': key } });

describeApp('Idempotency-Key', {}, (app) => {
  it('answers a repetition with the same status, body and headers, and creates nothing', async () => {
    const api = await createApiClient(app());
    const request = withKey({ email: 'once@example.org', name: 'Once' }, '"key 1"');

    const first = await api.call('POST', 'users', request);
    const second = await api.call('POST', 'users', request);

    assert.equal(first.status, 201, first.text);
    assert.deepEqual(parts(second), parts(first));
    const found = itemsOf(await api.get('audit', { event: 'user.registered' }));
    const id = first.body['id'];
    assert.equal(found.filter((each) => each['user_id'] === id).length, 1);
  });

  it('refuses other content under the same key with 422', async () => {
    const api = await createApiClient(app());
    await api.call('POST', 'users', withKey({ email: 'one@example.org' }, 'same'));

    const body = await api.call('POST', 'users', withKey({ email: 'two@example.org' }, 'same'));
    const route = await api.call('POST', 'clients', withKey({ client_name: 'x' }, 'same'));

    assert.deepEqual([body.status, body.body['code']], [422, 'idempotency_key_reused']);
    assert.equal(route.status, 422);
    assert.deepEqual(itemsOf(await api.get('users', { email: 'two@example.org' })), []);
  });

  it('belongs to one caller, and is free again after a refusal', async () => {
    const [api, other] = [await createApiClient(app()), await createApiClient(app())];
    const refused = await api.call('POST', 'users', withKey({ email: 'not an address' }, 'k'));

    const mine = await api.call('POST', 'users', withKey({ email: 'mine@example.org' }, 'k'));
    const theirs = await other.call('POST', 'users', withKey({ email: 'theirs@example.org' }, 'k'));

    assert.deepEqual([refused.status, mine.status, theirs.status], [400, 201, 201]);
    for (const key of ['', '"', 'a b', 'x'.repeat(256), '\u00e4']) {
      const answer = await api.call('POST', 'users', withKey({ email: 'k@example.org' }, key));
      assert.equal(answer.status, 400, JSON.stringify(key));
    }
  });

  it('never stores or repeats the secret of a client', async () => {
    const api = await createApiClient(app());
    const metadata = {
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    };

    const first = await api.call('POST', 'clients', withKey(metadata, 'client'));
    const second = await api.call('POST', 'clients', withKey(metadata, 'client'));

    const { client_secret: secret, ...rest } = first.body;
    assert.equal(typeof secret, 'string');
    assert.deepEqual([second.status, second.body], [201, rest]);
    const rows: unknown = await app().services.db.knex('idempotent_requests');
    assert.equal(JSON.stringify(rows).includes(String(secret)), false);
  });

  it('expires after a day, and says so when the resource was deleted', async (t) => {
    const clock = holdClock(t);
    const api = await createApiClient(app());
    const request = withKey({ email: 'gone@example.org' }, 'gone');
    const first = await api.call('POST', 'users', request);
    await api.delete(`users/${String(first.body['id'])}`);

    const repeated = await api.call('POST', 'users', request);
    clock.advance(24 * 60 * 60);
    const later = await createApiClient(app());
    const again = await later.call('POST', 'users', request);

    assert.deepEqual([repeated.status, repeated.body['code']], [409, 'conflict']);
    assert.equal(again.status, 201);
    const rows: { answer: unknown }[] = await app().services.db.knex('idempotent_requests');
    assert.equal(JSON.stringify(rows).includes(String(first.body['id'])), true);
    assert.equal(
      rows.some(({ answer }) => JSON.stringify(answer).includes('k@')),
      false,
    );
  });
});

describe('Idempotency-Key on two nodes', () => {
  it('creates once when both receive the request at the same time', async (t) => {
    const arrangement = 'postgres, redis';
    const first = await startTestApp(t, { arrangement });
    const { databaseUrl = '', redisUrl = '' } = first.services.config;
    const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
    const settings = { ISSUER: first.issuer, ...stores };
    const second = await startTestApp(t, { arrangement, settings });
    const api = await createApiClient(first);
    const nodes = [api, createCaller(second, api.accessToken)];

    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        [0, 1, 2, 3].flatMap((number) => {
          const node = nodes[number % 2];
          const request = withKey(
            { client_name: 'x', redirect_uris: ['https://a.example'] },
            `r${round}`,
          );
          const user = withKey({ email: `round${round}@example.org` }, `u${round}`);
          return node
            ? [node.call('POST', 'clients', request), node.call('POST', 'users', user)]
            : [];
        }),
      );
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
      const ids = new Set(answers.map(({ body }) => body['client_id'] ?? body['id']));
      assert.equal(ids.size, 2);
      const secrets = answers.filter(({ body }) => body['client_secret'] !== undefined);
      assert.equal(secrets.length, 1);
    }
    assert.equal(itemsOf(await api.get('users')).length, 5);
  });
});

function parts({ status, text, headers }: ApiAnswer) {
  return [status, text, headers.get('location'), headers.get('etag')];
}
