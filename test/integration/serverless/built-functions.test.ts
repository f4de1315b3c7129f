// The artifact of the Lambda functions, built and started outside the project, and invoked with events of
// each gateway: a sign-in, the tokens that follow, and their end. Two environments share only the stores.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { backgroundJobs } from '#server/lifecycle/background-jobs.ts';
import sharp from 'sharp';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { collectWorks } from '#test/support/app.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import { redisUrl } from '#test/support/services/databases.ts';
import { providePgBouncer, startPgBouncer } from '#test/support/services/pgbouncer.ts';
import { aPicture, uploadPicture } from '#test/support/steps/pictures.ts';
import { gateways, httpEvent } from '#test/support/serverless/event-documents.ts';
import { buildArtifact, type Artifact } from '#test/support/serverless/functions.ts';
import { functionIssuer, startFunctions } from '#test/support/serverless/function-suite.ts';
import type { Functions } from '#test/support/serverless/function-suite.ts';

const inProduction = {
  NODE_ENV: 'production',
  RATE_LIMITS: 'on',
  ARGON2_MEMORY_KIB: '19456',
  ARGON2_ITERATIONS: '2',
};

describe('the built functions', () => {
  const works = collectWorks();
  let artifact: Artifact | undefined;
  before(async () => {
    artifact = await buildArtifact(works);
  });
  after(works.run);

  describeFunctions('with Redis', () => ({ settings: { REDIS_URL: redisUrl() } }));
  const withoutRedis = { ...inProduction, SHORT_LIVED_STORE: 'postgres' };
  describeFunctions('in production without Redis', () => ({ settings: withoutRedis }));
  const pooler = providePgBouncer();
  describeFunctions(
    'behind a pooler in transaction mode',
    () => ({
      settings: { ...withoutRedis, DATABASE_POOLER: 'transaction' },
      viaPooler: (t, url) => startPgBouncer(t, pooler ?? '', url),
    }),
    { skip: pooler === undefined && 'PgBouncer is not installed' },
  );

  function describeFunctions(
    rule: string,
    optionsOf: () => Parameters<typeof startFunctions>[2],
    conditions: { readonly skip?: string | false } = {},
  ): void {
    describe(rule, conditions, () => {
      const closing = collectWorks();
      let functions: Functions | undefined;
      before(async () => {
        if (!artifact) throw new Error('the artifact was not built');
        functions = await startFunctions(closing, artifact, optionsOf());
      });
      after(closing.run);
      suite(() => {
        if (!functions) throw new Error('the functions exist only while tests run');
        return functions;
      });
    });
  }
});

function suite(functions: () => Functions): void {
  it('starts, and prints how long that takes', (t) => {
    const { one, other, jobs } = functions();
    for (const [name, { coldStartMilliseconds }] of Object.entries({ one, other, jobs })) {
      t.diagnostic(`cold start of ${name}: ${Math.round(coldStartMilliseconds)} ms`);
      assert.ok(coldStartMilliseconds > 0);
    }
  });

  it('signs in, issues and refreshes tokens, and revokes them at a block', async () => {
    const { createUser, relyingParty, issuer, send, one, other } = functions();
    const person = await createUser();
    const rp = await relyingParty({ auth: 'client_secret_basic' });
    const api = await createApiClient({ issuer, send, relyingParty });

    const login = await rp.login(person, offline);
    const refreshed = await rp.refresh(login.refreshToken);
    assert.equal(await rp.isActive(refreshed.accessToken), true);
    assert.equal((await rp.userinfo(refreshed))['sub'], person.id);

    const blocked = await api.post(`users/${person.id}/block`, { reason: 'a test' });
    assert.equal(blocked.status, 200, blocked.text);
    // At once in the environment that handled the block, and within a second elsewhere.
    await pause(1000);
    for (const environment of [one, other]) {
      for (const gateway of gateways) {
        const there = await rp.through(environment.through(gateway));
        assert.equal((await there.introspect(refreshed.accessToken)).text, inactive);
      }
    }
    assertInvalidGrant(await rp.tryRefresh(refreshed.refreshToken));
  });

  it('notices, in a thawed environment, changes made by another one', async () => {
    const { createUser, relyingParty, services, one, other } = functions();
    const person = await createUser();
    const rp = await relyingParty({ auth: 'client_secret_basic' }, one.through('http-api'));
    const there = await rp.through(other.through('http-api'));
    const login = await rp.login(person, offline);
    assert.equal(await there.isActive(login.accessToken), true);

    const by = { kind: 'operator' } as const;
    const privacy = 'https://changed.example/privacy';
    other.freeze();
    try {
      await services.blocking.blockUser({ userId: person.id, reason: 'a test', by });
      await services.brandingAdministration.write({ links: { privacy } }, { by });
      // The bound of the cache; the environment receives no message about the change.
      await pause(1000);
    } finally {
      other.thaw();
    }

    assert.equal((await there.introspect(login.accessToken)).text, inactive);
    const page = await createBrowser(other.through('rest-api'), functionIssuer).open(
      '/auth/sign-in',
    );
    assert.ok(page.html.includes(privacy));
    await services.brandingAdministration.reset({ by });
  });

  it('sends several cookies in the format of each gateway', async () => {
    const { one, createClient } = functions();
    const { clientId, redirectUri } = await createClient();
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    for (const gateway of gateways) {
      const url = `${functionIssuer}/oauth2/authorize?${query.toString()}`;
      const answer = await one.through(gateway)(url);
      assert.equal(answer.status, 303, await answer.text());
      assert.ok(answer.headers.getSetCookie().length >= 2, gateway);
    }
  });

  it('delivers pictures and styles unchanged', async () => {
    const { one } = functions();
    for (const gateway of gateways) {
      const icon = await one.through(gateway)(`${functionIssuer}/favicon.ico`);
      assert.equal(icon.status, 200);
      const bytes = Buffer.from(await icon.arrayBuffer());
      assert.deepEqual([...bytes.subarray(0, 4)], [0, 0, 1, 0], gateway);
    }
  });

  it('accepts an uploaded picture, and delivers it through each gateway', async () => {
    const { createUser, relyingParty, issuer, send, one, other } = functions();
    const rp = await relyingParty();
    const login = await rp.login(await createUser(), { scope: 'openid profile' });

    const saved = await uploadPicture({ issuer, send }, login.browser, await aPicture());
    assert.equal(saved.status, 303, await saved.text());
    const picture = String((await rp.userinfo(login))['picture']);
    for (const gateway of gateways) {
      const answer = await (gateway === 'rest-api' ? one : other).through(gateway)(picture);
      const { width, height } = await sharp(await answer.arrayBuffer()).metadata();
      assert.deepEqual([width, height], [512, 512], gateway);
    }
  });

  it('refuses another host, and takes the address from the context of the gateway only', async () => {
    const { one, other } = functions();
    const elsewhere = await one.through('rest-api')('https://other.example/auth/sign-in');
    assert.equal(elsewhere.status, 421);

    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' };
    const url = new URL('/oauth2/jwks', functionIssuer);
    const { awsRequestId } = await other.invoke(httpEvent('http-api', url, { headers }));
    const lines = linesOf(other.log()).filter((line) => line['awsRequestId'] === awsRequestId);
    const answered = lines.find((line) => line['event'] === 'request.answered');
    assert.equal(answered?.['address'], '203.0.113.77');
  });

  it('writes the id of the invocation to each line of its log', async () => {
    const { one } = functions();
    await one.through('http-api')(`${functionIssuer}/auth/sign-in`);
    const started = linesOf(one.log()).filter((line) => line['event'] === 'function.started');
    const others = linesOf(one.log()).filter((line) => line['requestId'] !== undefined);
    assert.equal(started.length, 1);
    assert.ok(others.length > 0);
    for (const line of others) assert.match(String(line['awsRequestId']), /^[\da-f-]{36}$/);
  });

  it('runs each background job, and refuses an event that names none', async () => {
    const { jobs, createUser, services } = functions();
    await createUser();
    const { result } = await jobs.invoke({ job: '*' });
    assert.deepEqual(result, { jobs: backgroundJobs(services).map(({ name }) => name) });
    assert.equal(await services.auditChain.seal(), 0, 'the audit log is sealed');

    await jobs.invoke({ job: 'outbox', seconds: 3 });
    await jobs.invoke({ job: 'outbox', seconds: 1 });
    await assert.rejects(jobs.invoke({ job: 'unknown' }), /must name a job: cleanup, outbox/);
    await assert.rejects(jobs.invoke({}), /must name a job/);
  });

  it('issues a link for the first administrator', async () => {
    const { result } = await functions().jobs.invoke({ job: 'setup-link' });
    const { setupLink } = Object(result) as { setupLink?: string }; // the result of that job
    assert.match(setupLink ?? '', /^https:\/\/id\.localhost\/auth\/setup/);
  });

  it('fails for an event that is not a request', async () => {
    await assert.rejects(functions().one.invoke({ job: 'outbox' }), /not an HTTP request/);
  });
}

function linesOf(text: string): readonly Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>); // lines of the log
}
