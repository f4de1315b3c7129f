// private_key_jwt: an assertion is good once, for this issuer, and only with the key that the app
// registered (RFC 7523 §3, FAPI 2.0 §5.3.2.1).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { it, type TestContext } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describeApp, describeOnEachArrangement } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import { anAssertingApp, type Changes } from '#test/roles/asserting-client.ts';
import { assertOnce, assertRefused, atOnce } from '#test/roles/outcomes.ts';

describeOnEachArrangement('an assertion is good once (RFC 7523 §3)', (app) => {
  it('lets one of twenty in', async () => {
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();

    const answers = await atOnce(() => send(text));

    assertOnce(answers, 401, 'invalid_client');
  });

  it('is refused later, too', async () => {
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();
    assert.equal((await send(text)).status, 200);

    assertRefused(await send(text), 401, 'invalid_client');
  });
});

describeApp('an assertion may be a moment on its way', {}, (app) => {
  // The first test of this app, on purpose.
  it('is accepted as the first one a server ever sees', async (t) => {
    const clock = holdClock(t);
    const { send, assertion } = await anAssertingApp(app());
    const text = await assertion();
    clock.advance(2);

    const answer = await send(text);

    assert.equal(answer.status, 200, answer.text);
  });
});

describeApp('an assertion is the app’s own and short-lived (D16)', {}, (app) => {
  const wrong: readonly (readonly [string, Changes])[] = [
    ['without an end', { exp: undefined }],
    ['that lives ten years', { exp: Math.floor(Date.now() / 1000) + 315_360_000 }],
    ['that is over', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['from the future', { nbf: Math.floor(Date.now() / 1000) + 120 }],
    ['made in the future', { iat: Math.floor(Date.now() / 1000) + 120 }],
    ['of another issuer', { iss: 'somebody else' }],
    ['about another app', { sub: 'somebody else' }],
    ['without an id', { jti: undefined }],
    ['without an audience', { aud: undefined }],
  ];

  for (const [name, claims] of wrong) {
    it(`is refused: one ${name}`, async () => {
      const { send, assertion } = await anAssertingApp(app());

      assertRefused(await send(await assertion(claims)), 401, 'invalid_client');
    });
  }

  it('is accepted from a clock that is 8 seconds ahead (FAPI 2.0 §5.3.2.1)', async (t) => {
    const clock = holdClock(t);
    const { send, assertion } = await anAssertingApp(app());
    const ahead = clock.seconds() + 8;

    const answer = await send(await assertion({ iat: ahead, nbf: ahead, exp: ahead + 60 }));

    assert.equal(answer.status, 200, answer.text);
  });
});

describeApp('an assertion is signed with the registered key (D16)', {}, (app) => {
  it('is refused unsigned', async () => {
    const { send, claims } = await anAssertingApp(app());
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

    for (const alg of ['none', 'None', 'NONE']) {
      const answer = await send(`${part({ alg })}.${part(claims())}.`);
      assertRefused(answer, 401, 'invalid_client');
    }
  });

  it('is refused when its public key was the HMAC secret', async () => {
    const { send, claims, publicKey } = await anAssertingApp(app());
    const secrets = [await exportSPKI(publicKey), JSON.stringify(await exportJWK(publicKey))];

    for (const secret of secrets) {
      const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' });
      assertRefused(await send(await jwt.sign(Buffer.from(secret))), 401, 'invalid_client');
    }
  });

  it('is refused with another key, whatever its header says of it', async (t) => {
    const canary = await startCanary(t);
    const { send, claims } = await anAssertingApp(app());
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const headers = [
      {},
      { kid: '../../../../dev/null' },
      { kid: "' or 1=1 --" },
      { jku: `${canary.url}/jwks` },
      { x5u: `${canary.url}/certificate` },
      { jwk: await exportJWK(stranger.publicKey) },
    ];

    for (const header of headers) {
      const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', ...header });
      assertRefused(await send(await jwt.sign(stranger.privateKey)), 401, 'invalid_client');
    }

    assert.equal(canary.visits(), 0);
  });

  it('is refused with a key of its own along, though well signed', async (t) => {
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

/** An address that nobody has any reason to ask. */
async function startCanary(t: TestContext) {
  let visits = 0;
  const server = createServer((_req, res) => {
    visits += 1;
    res.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { url: `http://127.0.0.1:${port}`, visits: () => visits };
}
