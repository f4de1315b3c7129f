// Stores of clients and API resources.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createApiResourceStore } from '#core/clients/api-resources.store.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { aClient, anApiResource, later, noon } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

const metadata = {
  client_name: 'Grüße "App" \\ 😀',
  redirect_uris: ['https://app.example/cb', 'http://127.0.0.1/cb'],
  jwks: { keys: [{ kty: 'EC', x: 'x' }] },
  default_max_age: 0,
  require_auth_time: false,
};

describeOnEachKind('client and API resource stores', (database) => {
  describe('clients', () => {
    it('are returned with every attribute unchanged', async () => {
      const clients = createClientStore(database());
      const client = aClient({
        secretHash: 'hash',
        firstParty: true,
        resources: ['https://api.example/', 'urn:x:"y",{z}'],
        metadata,
      });

      await clients.insert(client);

      assert.deepEqual(await clients.find(client.clientId), {
        ...client,
        disabledAt: undefined,
        notBefore: undefined,
        updatedAt: noon,
      });
    });

    it('are not found by an unknown id or one that PostgreSQL cannot store', async () => {
      const clients = createClientStore(database());

      const ids = ['', 'nobody', 'a\0b', '\ud800', 'x'.repeat(100_000)];

      for (const id of ids) assert.equal(await clients.find(id), undefined);
    });

    it('have unique ids, even when created concurrently', async () => {
      const clients = createClientStore(database());
      const { clientId } = aClient();

      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, () => clients.insert(aClient({ clientId }))),
      );

      const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.equal(refusals.length, 9);
      assert.ok(refusals.every(({ reason }) => isConflict(reason)));
    });

    it('are listed in pages, ordered by id', async () => {
      const db = database();
      const clients = createClientStore(db);
      await db.knex('clients').delete();
      for (const clientId of ['c', 'a', 'e', 'b', 'd']) await clients.insert(aClient({ clientId }));

      const first = await clients.list({ limit: 2 });
      const second = await clients.list({ after: 'b', limit: 2 });
      const last = await clients.list({ after: 'd', limit: 2 });

      const ids = [first, second, last].map((page) => page.map(({ clientId }) => clientId));
      assert.deepEqual(ids, [['a', 'b'], ['c', 'd'], ['e']]);
    });
  });

  describe('API resources', () => {
    it('are returned unchanged, by audience and in a list ordered by audience', async () => {
      const db = database();
      const resources = createApiResourceStore(db);
      const opaque = anApiResource({ audience: 'https://b.example/' });
      const jwt = anApiResource({
        audience: 'https://a.example/',
        scopes: [],
        accessTokenFormat: 'jwt',
        accessTokenSeconds: 300,
      });

      await resources.insert(opaque, noon);
      await resources.insert(jwt, noon);

      assert.deepEqual(await resources.find(jwt.audience), jwt);
      assert.deepEqual(await resources.list(), [jwt, opaque]);
      assert.equal(await resources.find('https://nothing.example/'), undefined);
      assert.equal(await resources.find('a\0b'), undefined);
    });

    it('are refused if the audience exists', async () => {
      const resources = createApiResourceStore(database());
      const resource = anApiResource();
      await resources.insert(resource, noon);

      await assert.rejects(resources.insert({ ...resource, scopes: [] }, noon), isConflict);
    });

    it('are created once by concurrent nodes if built in, and get new scopes', async () => {
      const resources = createApiResourceStore(database());
      const resource = anApiResource();
      await Promise.all(Array.from({ length: 10 }, () => resources.ensure(resource, noon)));

      await resources.ensure({ ...resource, scopes: ['read', 'write', 'audit'] }, later(1));

      const found = await resources.find(resource.audience);
      assert.deepEqual(found?.scopes, ['read', 'write', 'audit']);
    });
  });
});

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict';
}
