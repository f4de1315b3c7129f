// Sign-ins that fail before a user is known are counted as refused, by email link and by provider.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createPrometheusMetrics,
  type PrometheusMetrics,
} from '#platform/metrics/prometheus-metrics.ts';
import type { StandIn } from '#test/support/actors/identity-provider.ts';
import { collectWorks, type TestApp } from '#test/support/app.ts';
import {
  answerFor,
  signInUpstream,
  startAppWithProviders,
} from '#test/support/steps/federation.ts';
import { linkIn, newestMail } from '#test/support/steps/mailbox.ts';
import { scrape } from '#test/support/steps/metrics.ts';

const linkPath = '/auth/sign-in/mail/link/';

describe('ostiary_sign_ins_total', () => {
  const works = collectWorks();
  let metrics: PrometheusMetrics;
  let app: TestApp;
  let provider: StandIn;
  before(async () => {
    metrics = await createPrometheusMetrics();
    const started = await startAppWithProviders(works, { metrics });
    app = started.app;
    provider = started.other;
  });
  after(works.run);

  async function refusals(method: 'email' | 'provider', work: () => Promise<unknown>) {
    const labels = { outcome: 'refused', method };
    const read = async () => (await scrape(metrics)).value('ostiary_sign_ins_total', labels) ?? 0;
    const earlier = await read();
    await work();
    return (await read()) - earlier;
  }

  async function mailedLink(): Promise<string> {
    const { email } = await app.createUser({ emailVerified: true });
    const page = await app.browser().open('/auth/sign-in/mail');
    await page.press('continue', { email });
    return linkIn(await newestMail(app, email), linkPath);
  }

  it('counts a link in mail that is made up', async () => {
    const link = `${app.issuer}${linkPath}${'x'.repeat(43)}`;

    const added = await refusals('email', () => app.browser().open(link));

    assert.equal(added, 1);
  });

  it('counts a link in mail when it is used again, not when it is valid', async () => {
    const link = await mailedLink();
    const page = await app.browser().open(link);

    const first = await refusals('email', async () => {
      const account = await page.press('sign-in');
      assert.equal(account.url.pathname, '/auth/account');
    });
    const second = await refusals('email', () => page.press('sign-in'));

    assert.deepEqual([first, second], [0, 1]);
  });

  it('counts a link in mail whose user is blocked meanwhile', async () => {
    const user = await app.createUser({ emailVerified: true });
    const asked = await app.browser().open('/auth/sign-in/mail');
    await asked.press('continue', { email: user.email });
    const link = linkIn(await newestMail(app, user.email), linkPath);
    const page = await app.browser().open(link);
    await app.block(user.id);

    const added = await refusals('email', () => page.press('sign-in'));

    assert.equal(added, 1);
  });

  it('counts an invalid response of a provider', async () => {
    provider.spoil({ claims: { nonce: 'another' } });
    const browser = app.browser();

    const added = await refusals('provider', async () => {
      const page = await signInUpstream(browser, await browser.open('/auth/sign-in'), provider);
      assert.equal(page.url.searchParams.get('problem'), 'with-failed');
    });

    provider.spoil({});
    assert.equal(added, 1);
  });

  it('counts a response that is repeated or made up', async () => {
    const browser = app.browser();
    const callback = await answerFor(await browser.open('/auth/sign-in'), provider);
    await browser.open(callback);

    const repeated = await refusals('provider', () => browser.open(callback));
    callback.searchParams.set('state', 'made-up');
    const madeUp = await refusals('provider', () => browser.open(callback));

    assert.deepEqual([repeated, madeUp], [1, 1]);
  });

  it('does not count a user who cancels at the provider', async () => {
    const browser = app.browser();
    const callback = await answerFor(await browser.open('/auth/sign-in'), provider);
    const { searchParams } = callback;
    searchParams.delete('code');
    searchParams.set('error', 'access_denied');

    const added = await refusals('provider', async () => {
      const page = await browser.open(callback);
      assert.equal(page.url.searchParams.get('problem'), 'with-denied');
    });

    assert.equal(added, 0);
  });
});
