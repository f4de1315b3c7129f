// A client that rotates the keys at its jwks_uri, and one that rotates its secret, on two nodes: no
// request between the rotation and the expiry of a cache fails.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { ClientSecretBasic, ClientSecretPost } from 'oauth4webapi';
import { startKeyServer } from '#test/support/actors/key-server.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { claimsOf } from '#test/support/steps/request-objects.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describeNodes('a client with keys at a jwks_uri', { settings }, (nodes) => {
  async function setUp(t: { after(work: () => Promise<void>): void }) {
    const keys = await startKeyServer(t);
    const first = await nodes().relyingParty({
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      jwks_uri: keys.jwksUri,
    });
    const rps = [first, await first.through(nodes().at(1).send)];
    const { clientId } = first.app;
    const claims = () => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: clientId, sub: clientId, aud: nodes().issuer, iat: now, exp: now + 60 };
      return { ...usual, jti: randomUUID() };
    };
    const present = (client_assertion: string) =>
      Promise.all(
        rps.map((rp) =>
          rp.token({
            grant_type: 'client_credentials',
            client_id: undefined,
            client_assertion,
            client_assertion_type: assertionType,
          }),
        ),
      );
    /** One assertion for each node, since each is accepted once. */
    const statuses = async (sign: () => Promise<string>) => {
      const [one, two] = [await present(await sign()), await present(await sign())];
      return [one, two]
        .flat()
        .map(({ status }) => status)
        .toSorted((a, b) => a - b);
    };
    return { keys, claims, statuses };
  }

  it('is authenticated by its new key at once, and no longer by the removed one', async (t) => {
    const { keys, claims, statuses } = await setUp(t);
    const before = await statuses(() => keys.sign(claims()));
    const { replaced } = await keys.rotate();

    const after = await statuses(() => keys.sign(claims()));
    const removed = await statuses(() => keys.sign(claims(), replaced));

    // Each of two assertions is accepted by one node.
    assert.deepEqual(
      [before, after],
      [
        [200, 200, 401, 401],
        [200, 200, 401, 401],
      ],
    );
    assert.deepEqual(removed, [401, 401, 401, 401]);
  });

  it('has its keys fetched once, however many unknown key ids are used', async (t) => {
    const { keys, claims, statuses } = await setUp(t);
    await statuses(() => keys.sign(claims()));
    const before = keys.requests();

    for (let turn = 0; turn < 5; turn += 1) {
      const refused = await statuses(() => keys.sign(claims(), undefined, randomUUID()));
      assert.deepEqual(refused, [401, 401, 401, 401]);
    }

    assert.equal(keys.requests() - before, 2, 'once by each node');
    assert.deepEqual(await statuses(() => keys.sign(claims())), [200, 200, 401, 401]);
  });

  it('signs its requests with the new key at once', async (t) => {
    const keys = await startKeyServer(t);
    const rp = await nodes().relyingParty({
      auth: 'client_secret_basic',
      jwks_uri: keys.jwksUri,
      require_signed_request_object: true,
    });
    const push = async () => {
      const pending = await rp.request();
      const request = await keys.sign(claimsOf(rp, pending));
      return rp.push(new URLSearchParams({ client_id: rp.app.clientId, request }));
    };
    const first = await push();
    await keys.rotate();

    const second = await push();

    assert.deepEqual([first.status, second.status], [201, 201], second.text);
  });
});

describeNodes('a client whose secret is rotated with an overlap', {}, (nodes) => {
  for (const auth of ['client_secret_basic', 'client_secret_post'] as const) {
    it(`is authenticated by either secret at each endpoint with ${auth}`, async () => {
      const app = await nodes().createClient({ auth });
      const { done } = createCommandRunner(nodes().services);
      const options = ['--overlap', '600', '--yes', '--json'];
      const rotated = await done(['client', 'rotate-secret', app.clientId, ...options]);
      const fresh = String(rotated.json()['client_secret']);
      const method = auth === 'client_secret_basic' ? ClientSecretBasic : ClientSecretPost;
      const { issuer } = nodes();

      for (const [turn, secret] of [app.clientSecret, fresh, app.clientSecret, fresh].entries()) {
        const { send } = nodes().at(turn < 2 ? 0 : 1);
        const rp = await createRelyingParty({
          issuer,
          send,
          app: { ...app, auth: method(secret) },
        });
        const { accessToken, refreshToken } = await rp.login(await nodes().createUser());
        assert.equal(await rp.isActive(accessToken), true);
        const refreshed = await rp.refresh(refreshToken);
        assert.equal((await rp.revoke(refreshed.refreshToken)).status, 200);
        assert.equal(await rp.isActive(refreshed.accessToken), false);
      }
      const { send } = nodes().at(1);
      const auths = method(`${app.clientSecret} ${fresh}`);
      const both = await createRelyingParty({ issuer, send, app: { ...app, auth: auths } });
      assertRefused(await both.introspect('unknown'), 401, 'invalid_client');
    });
  }
});
