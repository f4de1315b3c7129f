// private_key_jwt: a client assertion is accepted once, by this issuer, and only with a registered
// key of the client (RFC 7523 §3, FAPI 2.0 Security Profile §5.3.2.1).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { it, type TestContext } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { anAssertingApp, type Invalidation } from '#test/support/actors/assertion-client.ts';
import { assertOnce, assertRefused, atOnce } from '#test/support/data/outcomes.ts';

describeOnEachArrangement('single use of a client assertion (RFC 7523 §3)', (app) => {
  it('accepts one of twenty simultaneous requests', async () => {
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();

    const answers = await atOnce(() => send(text));

    assertOnce(answers, 401, 'invalid_client');
  });

  it('rejects a later request with the same assertion', async () => {
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();
    assert.equal((await send(text)).status, 200);

    assertRefused(await send(text), 401, 'invalid_client');
  });
});

describeApp('client assertion delayed in transit', {}, (app) => {
  // This must remain the first test of this server.
  it('is accepted as the first assertion that a server receives', async (t) => {
    const clock = holdClock(t);
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();
    clock.advance(2);

    const answer = await send(text);

    assert.equal(answer.status, 200, answer.text);
  });
});

describeApp('claims of a client assertion (RFC 7523 §3)', {}, (app) => {
  // Times count from the request: on a busy machine, minutes may pass until then.
  const wrong: readonly (readonly [string, (seconds: number) => Invalidation])[] = [
    ['no exp', () => ({ exp: undefined })],
    ['exp in ten years', (seconds) => ({ exp: seconds + 315_360_000 })],
    ['exp in the past', (seconds) => ({ exp: seconds - 60 })],
    ['nbf in the future', (seconds) => ({ nbf: seconds + 120 })],
    ['iat in the future', (seconds) => ({ iat: seconds + 120 })],
    ['another iss', () => ({ iss: 'another-client' })],
    ['another sub', () => ({ sub: 'another-client' })],
    ['no jti', () => ({ jti: undefined })],
    ['no aud', () => ({ aud: undefined })],
  ];

  for (const [name, claims] of wrong) {
    it(`are rejected: ${name}`, async () => {
      const { send, assertion } = await anAssertingApp(app());
      const seconds = Math.floor(Date.now() / 1000);

      assertRefused(await send(await assertion(claims(seconds))), 401, 'invalid_client');
    });
  }

  it('are accepted with a clock 8 seconds ahead (FAPI 2.0 §5.3.2.1)', async (t) => {
    const clock = holdClock(t);
    const { send, assertion } = await anAssertingApp(app());
    const ahead = clock.seconds() + 8;

    const answer = await send(await assertion({ iat: ahead, nbf: ahead, exp: ahead + 60 }));

    assert.equal(answer.status, 200, answer.text);
  });
});

describeApp('signature of a client assertion (RFC 7523 §3)', {}, (app) => {
  it('is required', async () => {
    const { send, claims } = await anAssertingApp(app());
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

    for (const alg of ['none', 'None', 'NONE']) {
      const answer = await send(`${part({ alg })}.${part(claims())}.`);
      assertRefused(answer, 401, 'invalid_client');
    }
  });

  it('is rejected when the public key was used as an HMAC secret', async () => {
    const { send, claims, publicKey } = await anAssertingApp(app());
    const secrets = [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))];

    for (const secret of secrets) {
      const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' });
      assertRefused(await send(await jwt.sign(Buffer.from(secret))), 401, 'invalid_client');
    }
  });

  it('is rejected with an unregistered key, whatever the kid header', async (t) => {
    const canary = await startCanary(t);
    const { send, claims } = await anAssertingApp(app());
    const unregistered = await generateKeyPair('ES256', { extractable: true });
    const headers = [
      {},
      { kid: '../../../../dev/null' },
      { kid: "' or 1=1 --" },
      { jku: `${canary.url}/jwks` },
      { x5u: `${canary.url}/certificate` },
      { jwk: await exportJWK(unregistered.publicKey) },
    ];

    for (const header of headers) {
      const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', ...header });
      assertRefused(await send(await jwt.sign(unregistered.privateKey)), 401, 'invalid_client');
    }

    assert.equal(canary.visits(), 0);
  });

  it('is rejected with a jwk, jku or x5u header, even when the signature is valid', async (t) => {
    const canary = await startCanary(t);
    const { send, claims, privateKey, publicKey } = await anAssertingApp(app());

    for (const header of [
      { jku: canary.url },
      { x5u: canary.url },
      { jwk: await exportJWK(publicKey) },
    ]) {
      const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', ...header });
      assertRefused(await send(await jwt.sign(privateKey)), 401, 'invalid_client');
    }

    assert.equal(canary.visits(), 0);
  });
});

/** A URL that the server has no reason to request. */
async function startCanary(t: TestContext) {
  let visits = 0;
  const server = createServer((_req, res) => {
    visits += 1;
    res.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo; // The server listens on a TCP port.
  return { url: `http://127.0.0.1:${port}`, visits: () => visits };
}
