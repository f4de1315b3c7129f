// Issuers that sign with keys that are too short or malformed: their JWTs are refused like any other that
// cannot be verified (RFC 7518 §3.3).
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { after, before, it } from 'node:test';
import { startWorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import type { WorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import { collectWorks } from '#test/support/app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';
import { createWorkload, main } from '#test/support/steps/workloads.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8', CLIENT_REGISTRATION: 'open' };
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const shortJwk = { ...short.publicKey.export({ format: 'jwk' }), kid: 'short', alg: 'RS256' };
const malformedJwk = { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ', kid: 'malformed', alg: 'ES256' };

/** jose does not sign with a short key. */
function signWith(key: KeyObject, kid: string, claims: Readonly<Record<string, unknown>>): string {
  const alg = kid === 'short' ? 'RS256' : 'ES256';
  const parts = [{ alg, typ: 'JWT', kid }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const content = parts.join('.');
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

describeNodes('an issuer whose keys are unusable', { settings }, (nodes) => {
  const works = collectWorks();
  let started: WorkloadIssuer | undefined;
  before(async () => {
    started = await startWorkloadIssuer(works, [shortJwk, malformedJwk]);
  });
  after(works.run);
  const issuer = (): WorkloadIssuer => {
    if (!started) throw new Error('the issuer exists only while tests run');
    return started;
  };
  const assertions = (audience: string) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer().issuer, aud: audience, sub: 'a', ...main, iat: now };
    return ['short', 'malformed'].map((kid) =>
      signWith(short.privateKey, kid, { ...claims, exp: now + 300, jti: randomUUID() }),
    );
  };

  it('does not authenticate a workload, while the other keys still do', async () => {
    const { present, sign: signWell } = await createWorkload(nodes(), issuer());

    for (const assertion of assertions(nodes().issuer)) {
      assertRefused(await present(assertion), 400, 'invalid_grant');
    }
    assert.equal((await present(await signWell())).status, 200);
  });

  it('does not sign a valid software statement', async () => {
    const jwks = { keys: [shortJwk, malformedJwk] };
    await nodes().services.statementIssuers.trust(
      { issuer: issuer().issuer, jwks },
      { kind: 'operator' },
    );
    const { register } = createRegistrationClient({
      issuer: nodes().issuer,
      send: nodes().at(0).send,
    });

    for (const statement of assertions(nodes().issuer)) {
      const answer = await register({ ...webClient, software_statement: statement });
      const { error } = answer.body;
      assert.deepEqual([answer.status, error], [400, 'invalid_software_statement']);
    }
  });
});
