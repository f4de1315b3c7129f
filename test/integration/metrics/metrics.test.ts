// What the metrics count, observed through the protocol and the pages.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { collectProcessMetrics } from '#platform/metrics/process-metrics.ts';
import {
  createPrometheusMetrics,
  type PrometheusMetrics,
} from '#platform/metrics/prometheus-metrics.ts';
import { collectWorks, startTestApp, type TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { scrape } from '#test/support/steps/metrics.ts';

describe('a scrape while the database does not answer', () => {
  it('succeeds without the series that need it, and counts them as missing', async (t) => {
    const metrics = await createPrometheusMetrics();
    const { services } = await startTestApp(t, { metrics });
    await services.db.close();

    const { value, series } = await scrape(metrics);

    assert.equal(value('ostiary_scrape_errors_total', { source: 'outbox' }), 1);
    assert.equal(value('ostiary_scrape_errors_total', { source: 'signing_keys' }), 1);
    assert.equal(value('ostiary_scrape_errors_total', { source: 'database_pool' }), 0);
    assert.deepEqual(
      series.filter((each) => /^ostiary_(?:outbox_jobs|outbox_oldest|signing_key)/.test(each)),
      [],
    );
  });
});

describe('the metrics of a server', () => {
  const works = collectWorks();
  let metrics: PrometheusMetrics;
  let app: TestApp;
  before(async () => {
    metrics = await createPrometheusMetrics();
    collectProcessMetrics(metrics, { version: '1.2.3' });
    app = await startTestApp(works, { arrangement: 'postgres, redis', metrics });
  });
  after(works.run);

  /** By how much `work` increases a value. */
  async function increase(
    name: string,
    labels: Readonly<Record<string, string>>,
    work: () => Promise<unknown>,
  ): Promise<number> {
    const valueOf = async () => (await scrape(metrics)).value(name, labels) ?? Number.NaN;
    const earlier = await valueOf();
    await work();
    return (await valueOf()) - earlier;
  }

  it('count a sign-in by its method', async () => {
    const rp = await app.relyingParty();
    const person = await app.createUser();
    const labels = { outcome: 'succeeded', method: 'password' };

    const added = await increase('ostiary_sign_ins_total', labels, () => rp.login(person));

    assert.equal(added, 1);
  });

  it('count a refused sign-in', async () => {
    const rp = await app.relyingParty();
    const { email: login } = await app.createUser();
    const labels = { outcome: 'refused', method: 'password' };

    const added = await increase('ostiary_sign_ins_total', labels, async () => {
      const page = await app.browser().open((await rp.request()).url);
      await page.press('sign-in', { login, password: 'not the password' });
    });

    assert.equal(added, 1);
  });

  it('count a registration', async () => {
    const labels = { method: 'operator' };

    const added = await increase('ostiary_registrations_total', labels, async () => {
      const request = { email: 'count@example.com', password: 'a long enough phrase', claims: {} };
      const outcome = await app.services.registration.createByOperator(request);
      assert.equal(outcome.ok, true);
    });

    assert.equal(added, 1);
  });

  it('count access tokens by grant and format', async () => {
    const rp = await app.relyingParty();
    const labels = { grant: 'authorization_code', format: 'opaque' };

    const added = await increase('ostiary_tokens_issued_total', labels, async () =>
      rp.login(await app.createUser()),
    );

    assert.equal(added, 1);
  });

  it('count refreshes by outcome', async () => {
    const rp = await app.relyingParty();
    const login = await rp.login(await app.createUser(), offline);
    const name = 'ostiary_refreshes_total';
    let next = login;

    const rotated = await increase(name, { outcome: 'rotated' }, async () => {
      next = { ...login, ...(await rp.refresh(login.refreshToken)) };
    });
    const retried = await increase(name, { outcome: 'retried' }, () =>
      rp.refresh(login.refreshToken),
    );
    await rp.refresh(next.refreshToken);
    const reused = await increase(name, { outcome: 'reused' }, () =>
      rp.tryRefresh(login.refreshToken),
    );
    const refused = await increase(name, { outcome: 'refused' }, () => rp.tryRefresh('forged'));

    assert.deepEqual(
      { rotated, retried, reused, refused },
      {
        rotated: 1,
        retried: 1,
        reused: 1,
        refused: 1,
      },
    );
  });

  it('count a refresh with an expired token', async () => {
    const rp = await app.relyingParty();
    const login = await rp.login(await app.createUser(), offline);
    await app.services.db.knex('refresh_families').update({ expires_at: new Date(Date.now() - 1) });

    const added = await increase('ostiary_refreshes_total', { outcome: 'expired' }, () =>
      rp.tryRefresh(login.refreshToken),
    );

    assert.equal(added, 1);
  });

  it('count a block, its duration and the sessions that it ended', async () => {
    const rp = await app.relyingParty();
    const person = await app.createUser();
    await rp.login(person);
    const earlier = await scrape(metrics);

    await app.block(person.id);

    const now = await scrape(metrics);
    const of = (name: string, labels: Record<string, string>) =>
      (now.value(name, labels) ?? 0) - (earlier.value(name, labels) ?? 0);
    assert.equal(of('ostiary_blocks_total', { subject: 'user' }), 1);
    assert.equal(of('ostiary_block_duration_seconds_count', { subject: 'user' }), 1);
    assert.equal(of('ostiary_sessions_ended_total', { cause: 'blocked' }), 1);
  });

  it('measure a request by the pattern of its route', async () => {
    const rp = await app.relyingParty();
    const labels = { method: 'POST', route: '/oauth2/token', status: '2xx' };
    await rp.login(await app.createUser());
    const name = 'ostiary_http_request_duration_seconds_count';

    const added = await increase(name, labels, async () => rp.login(await app.createUser()));

    assert.equal(added, 1);
  });

  it('measure statements by name', async () => {
    const { value } = await scrape(metrics);
    const labels = { statement: 'session_save_with_sign_in', result: 'ok' };

    assert.ok((value('ostiary_statement_duration_seconds_count', labels) ?? 0) > 0);
  });

  it('show the outbox, the keys, the connections and this process', async () => {
    await app.services.signingKeys.load();
    const { value } = await scrape(metrics);

    assert.equal(value('ostiary_outbox_jobs', { kind: 'webhook', state: 'dead' }), 0);
    assert.ok((value('ostiary_outbox_jobs', { kind: 'mail', state: 'pending' }) ?? 0) > 0);
    assert.ok((value('ostiary_outbox_oldest_job_age_seconds', { kind: 'mail' }) ?? -1) >= 0);
    const key = { alg: 'ES256', status: 'active' };
    assert.ok((value('ostiary_signing_key_age_seconds', key) ?? -1) >= 0);
    assert.equal(value('ostiary_redis_circuit_open'), 0);
    assert.ok((value('ostiary_database_connections', { state: 'idle' }) ?? 0) > 0);
    assert.equal(value('ostiary_password_hashes_pending'), 0);
    assert.equal(value('ostiary_build_info', { version: '1.2.3' }), 1);
    assert.ok((value('ostiary_process_memory_bytes', { kind: 'resident' }) ?? 0) > 1e6);
    assert.ok((value('ostiary_cache_lookups_total', { cache: 'clients', result: 'hit' }) ?? 0) > 0);
  });

  it('are not served to clients', async () => {
    assert.equal((await app.send(`${app.issuer}/metrics`)).status, 404);
  });
});
