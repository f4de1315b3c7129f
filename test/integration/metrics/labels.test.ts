// The number of time series must not depend on what clients send.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { createPrometheusMetrics } from '#platform/metrics/prometheus-metrics.ts';
import { startTestApp } from '#test/support/app.ts';
import { scrape } from '#test/support/steps/metrics.ts';

const rounds = 12;

describe('labels', () => {
  it('never contain what a client sent', async (t) => {
    const metrics = await createPrometheusMetrics();
    const { issuer, send } = await startTestApp(t, { arrangement: 'postgres, redis', metrics });
    const junk = () => `junk${randomUUID()}`;

    async function sendJunk(): Promise<void> {
      const client = { grant_type: junk(), client_id: junk(), client_secret: junk() };
      const bodies = [
        client,
        { ...client, grant_type: 'refresh_token', refresh_token: junk() },
        { ...client, grant_type: 'authorization_code', code: junk(), redirect_uri: junk() },
        { ...client, grant_type: 'client_credentials', scope: junk(), resource: junk() },
      ];
      for (const body of bodies) {
        await send(`${issuer}/oauth2/token`, { method: 'POST', body: new URLSearchParams(body) });
      }
      const paths = [
        `/${junk()}`,
        `/oauth2/${junk()}`,
        `/.well-known/${junk()}`,
        `/auth/${junk()}/${junk()}`,
        `/auth/interaction/${junk()}/sign-in`,
        `/auth/api/v1/users/${junk()}`,
        `/auth/api/v1/${junk()}`,
        `/auth/assets/${junk()}`,
        `/auth/mkdocs/${junk()}`,
        `/auth/admin/users/${junk()}`,
        `/oauth2/authorize?client_id=${junk()}&response_type=${junk()}`,
        `/oauth2/authorize/${junk()}`,
        `/health/${junk()}`,
      ];
      for (const path of paths) {
        for (const method of ['GET', 'POST', 'PROPFIND', 'MKCOL']) {
          await send(`${issuer}${path}`, { method, headers: { 'User-Agent': junk() } });
        }
      }
    }

    await sendJunk();
    // The cost of a second round shows what the first one had to create once.
    await sendJunk();
    const { series } = await scrape(metrics);
    for (let round = 0; round < rounds; round += 1) await sendJunk();
    const later = await scrape(metrics);

    assert.equal(later.text.includes('junk'), false);
    const added = later.series.filter((each) => !series.includes(each));
    // Statements of background jobs may run for the first time.
    assert.deepEqual(
      added.filter((each) => !each.startsWith('ostiary_statement_duration')),
      [],
    );
    assert.ok(later.series.length < 3000, String(later.series.length));
  });
});
