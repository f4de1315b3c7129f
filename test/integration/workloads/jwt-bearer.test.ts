// JWT bearer grant for workloads with trusted issuers (RFC 7523 §2.1) on two nodes.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { decodeJwt, exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { createKey, startWorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import type { WorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import { collectWorks } from '#test/support/app.ts';
import { assertOnce, assertRefused, atOnce, inactive } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { createWorkload, main } from '#test/support/steps/workloads.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };

describeNodes('JWT bearer grant (RFC 7523 §2.1)', { settings }, (nodes) => {
  const works = collectWorks();
  let started: WorkloadIssuer | undefined;
  before(async () => {
    started = await startWorkloadIssuer(works);
  });
  after(works.run);
  const issuer = (): WorkloadIssuer => {
    if (!started) throw new Error('the issuer exists only while tests run');
    return started;
  };
  acceptedAssertions(nodes, issuer);
  refusedAssertions(nodes, issuer);
  registrations(nodes, issuer);
});

function acceptedAssertions(nodes: () => Nodes, issuer: () => WorkloadIssuer): void {
  it('issues a token of the client itself, and no refresh token', async () => {
    const { api, rp, present, sign } = await createWorkload(nodes(), issuer());

    const { body, text } = await present(await sign());

    const { clientId } = rp.app;
    const claims = decodeJwt(String(body['access_token']));
    assert.deepEqual(
      [claims.sub, claims['client_id'], claims.aud, claims['scope']],
      [clientId, clientId, api.audience, 'deploy'],
      text,
    );
    assert.deepEqual(Object.keys(body).toSorted(), [
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ]);
  });

  it('fetches the keys once for many assertions', async () => {
    const { present, sign } = await createWorkload(nodes(), issuer());
    await present(await sign());
    const fetched = issuer().requests();

    await present(await sign());

    assert.equal(issuer().requests(), fetched);
  });

  it('grants the scopes of the credential only', async () => {
    const { api, parameters, rp, sign } = await createWorkload(nodes(), issuer(), {
      federated_credentials: [{ issuer: issuer().issuer, claims: main, scope: 'read' }],
    });

    const scope = 'deploy read';
    const { body } = await rp.token({ ...parameters, scope, assertion: await sign() });
    const none = await rp.token({ ...parameters, scope: 'deploy', assertion: await sign() });

    assert.deepEqual([body['scope'], api.scopes], ['read', ['deploy', 'read']]);
    assertRefused(none, 400, 'invalid_scope');
  });

  it('binds the token to a DPoP key', async () => {
    const { rp, parameters, sign } = await createWorkload(nodes(), issuer());
    const proving = await rp.through(await createProvingSend(nodes().at(0).send));

    const { body } = await proving.token({ ...parameters, assertion: await sign() });

    assert.equal(body['token_type'], 'DPoP');
  });

  it('does not use up the assertion when it asks for a nonce', async () => {
    const { rp, parameters, sign } = await createWorkload(nodes(), issuer(), {
      dpop_bound_access_tokens: true,
      dpop_nonce_required: true,
    });
    const asked = { ...parameters, assertion: await sign() };

    const bare = await rp.token(asked);
    const first = await (
      await rp.through(await createProvingSend(nodes().at(0).send))
    ).token(asked);
    const nonce = first.headers.get('dpop-nonce') ?? '';
    const proving = await rp.through(await createProvingSend(nodes().at(1).send, { nonce }));
    const second = await proving.token(asked);

    assertRefused(bare, 400, 'invalid_grant');
    assertRefused(first, 400, 'use_dpop_nonce');
    assert.equal(second.body['token_type'], 'DPoP', second.text);
  });

  it('ends the token when the client is blocked, and refuses the next assertion', async () => {
    const { api, rp, present, sign } = await createWorkload(nodes(), issuer());
    const { body } = await present(await sign());
    const reader = await nodes().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      resources: [api.audience],
    });

    await nodes().services.blocking.blockClient(rp.app.clientId, { kind: 'operator' });

    assert.equal((await reader.introspect(String(body['access_token']))).text, inactive);
    assertRefused(await present(await sign()), 401, 'invalid_client');
  });

  it('is recorded in the audit log with issuer and subject', async () => {
    const { rp, present, sign } = await createWorkload(nodes(), issuer());
    await present(await sign({ jti: 'the-job' }));

    const { items } = await nodes().services.auditSearch.search(
      { event: 'workload.authenticated', clientId: rp.app.clientId },
      { after: undefined, limit: 10 },
    );

    const subject = 'repo:acme/app:ref:refs/heads/main';
    assert.deepEqual(items[0]?.details, { issuer: issuer().issuer, subject, jti: 'the-job' });
  });
}

function refusedAssertions(nodes: () => Nodes, issuer: () => WorkloadIssuer): void {
  it('accepts an assertion once, on whichever node it is presented', async () => {
    const { rp, parameters, sign } = await createWorkload(nodes(), issuer());
    const second = await rp.through(nodes().at(1).send);
    const assertion = await sign();

    const answers = await atOnce((turn) =>
      (turn % 2 === 0 ? rp : second).token({ ...parameters, assertion }),
    );

    assertOnce(answers, 400, 'invalid_grant');
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  const faults: Readonly<Record<string, () => Record<string, unknown>>> = {
    'another repository': () => ({ repository: 'evil/app' }),
    'another branch': () => ({ ref: 'refs/heads/feature' }),
    'a missing claim': () => ({ ref: undefined }),
    'a claim that is a list': () => ({ repository: ['acme/app'] }),
    'another issuer': () => ({ iss: 'https://evil.example' }),
    'another audience': () => ({ aud: 'https://other.example' }),
    'several audiences': () => ({ aud: [nodes().issuer, 'https://other.example'] }),
    'no audience': () => ({ aud: undefined }),
    'no subject': () => ({ sub: undefined }),
    'no expiry': () => ({ exp: undefined }),
    'a past expiry': () => ({ exp: seconds() - 60 }),
    'a lifetime of more than an hour': () => ({ exp: seconds() + 4000 }),
    'an iat of two hours ago': () => ({ iat: seconds() - 7200, exp: seconds() + 60 }),
    'a future nbf': () => ({ nbf: seconds() + 120 }),
  };
  it(`refuses ${Object.keys(faults).join(', ')}`, async () => {
    const { present, sign } = await createWorkload(nodes(), issuer());

    for (const [fault, claims] of Object.entries(faults)) {
      const answer = await present(await sign(claims()));
      assert.equal(answer.body['error'], 'invalid_grant', `${fault}: ${answer.text}`);
      assertRefused(answer, 400, 'invalid_grant');
    }
    assert.equal((await present(await sign())).status, 200);
  });

  it('refuses a JWT that the issuer did not sign', async () => {
    const { present, sign, api } = await createWorkload(nodes(), issuer());
    const claims = decodeJwt(await sign());
    const foreign = await createKey();
    const secret = new TextEncoder().encode(await exportSPKI(foreign.publicKey));
    const forged = [
      await issuer().sign(claims, foreign),
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      'no JWT',
      api.audience,
    ];

    for (const assertion of forged) {
      assertRefused(await present(assertion), 400, 'invalid_grant');
    }
  });

  it('refuses an assertion for another client of the same issuer', async () => {
    const { sign } = await createWorkload(nodes(), issuer());
    const other = await createWorkload(nodes(), issuer(), {
      federated_credentials: [{ issuer: issuer().issuer, claims: { repository: 'acme/other' } }],
    });

    assertRefused(await other.present(await sign()), 400, 'invalid_grant');
  });

  it('refuses a request without an assertion, and a client without the grant type', async () => {
    const { rp, parameters, sign } = await createWorkload(nodes(), issuer());
    const plain = await nodes().relyingParty();

    assertRefused(await rp.token(parameters), 400, 'invalid_request');
    const answer = await plain.token({ ...parameters, assertion: await sign() });
    assertRefused(answer, 400, 'unauthorized_client');
  });

  it('refuses every assertion while the keys cannot be fetched', async () => {
    const address = 'http://127.0.0.1:9/jwks';
    const { present, sign } = await createWorkload(nodes(), issuer(), {
      federated_credentials: [{ issuer: issuer().issuer, jwks_uri: address, claims: main }],
    });

    assertRefused(await present(await sign()), 400, 'invalid_grant');
  });
}

function registrations(nodes: () => Nodes, issuer: () => WorkloadIssuer): void {
  const refused: readonly (readonly [object[] | undefined, RegExp])[] = [
    [undefined, /requires federated_credentials/],
    [[], /federated_credentials/],
    [[{ issuer: 'https://issuer.example' }], /claims/],
    [[{ issuer: 'https://issuer.example', claims: {} }], /must have a condition/],
    [[{ issuer: 'http://issuer.example', claims: main }], /issuer: must be an https URL/],
    [[{ issuer: 'https://issuer.example', claims: main, jwks_uri: 'file:///key' }], /jwks_uri/],
    [[{ issuer: 'https://issuer.example', claims: main, algorithms: ['HS256'] }], /algorithms/],
    [[{ issuer: 'https://issuer.example', claims: main, subject: 'x' }], /subject/],
  ];

  it('cannot have a credential that accepts anything, or a misspelled one', async () => {
    for (const [federated_credentials, message] of refused) {
      const facts = { federated_credentials };
      await assert.rejects(createWorkload(nodes(), issuer(), facts), message);
    }
    const withoutGrant = {
      grant_types: ['client_credentials'],
      auth: 'client_secret_basic',
    } as const;
    await assert.rejects(
      createWorkload(nodes(), issuer(), withoutGrant),
      /federated_credentials requires the grant type/,
    );
  });
}
