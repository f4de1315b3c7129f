// Workload identity in the panel: a client without a secret, and the issuers whose JWTs it presents.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startWorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { eventsOf, signInToPanel } from '#test/support/steps/panel.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const main = { repository: 'acme/app', ref: 'refs/heads/main' };

describeApp('trusted issuers of a client in the panel', { settings }, (app) => {
  it('are part of the registration of a workload, and can be added and removed', async (t) => {
    const github = await startWorkloadIssuer(t);
    const cluster = await startWorkloadIssuer(t);
    const api = await app().createApi({ scopes: ['deploy'] });
    const { open, browser } = await signInToPanel(app());
    const clientId = await register(await open('/clients/new/workload'), github.issuer);
    const present = async (issuer: typeof github, claims: object) => {
      const aud = app().issuer;
      const assertion = await issuer.sign({ aud, sub: 'workload', ...claims });
      return exchange(app(), { clientId, assertion, resource: api.audience });
    };
    assert.equal(await present(github, main), 200);
    assert.equal(await present(github, { ...main, ref: 'refs/heads/other' }), 400);
    assert.equal(await present(cluster, { pod: 'a' }), 400);

    const client = await open(`/clients/${clientId}`);
    assert.match(client.text, /ref=refs\/heads\/main.*repository=acme\/app/s);
    const form = await open(`/clients/${clientId}/issuers/add`);
    const wrong = { issuer: cluster.issuer, claims: 'pod', reason: 'A second platform' };
    assert.match((await form.press('submit', wrong)).text, /a claim, = and its value/);
    await form.press('submit', { ...wrong, claims: 'pod=a\npod=b' });
    assert.equal(await present(cluster, { pod: 'b' }), 200);
    assert.equal(await present(github, main), 200);

    const [, removal = ''] =
      /id="remove-issuer-1" href="([^"]+)"/.exec((await open(`/clients/${clientId}`)).html) ?? [];
    const confirm = await browser.open(removal.replaceAll('&amp;', '&'));
    await confirm.press('submit', { reason: 'The pipeline moved' });
    assert.equal(await present(github, main), 400);
    assert.equal(await present(cluster, { pod: 'a' }), 200);
    const again = await confirm.press('submit', { reason: 'Twice' });
    assert.match(again.text, /no longer trusted for this client/);

    const last = await open(`/clients/${clientId}/issuers/remove`);
    const refused = await last.press('submit', { reason: 'All of them' });
    assert.match(refused.text, /Block or delete it instead/);
    const events = await eventsOf(app(), { clientId });
    const reasons = events.map(({ details }) => details['reason']);
    assert.ok(reasons.includes('A second platform') && reasons.includes('The pipeline moved'));
  });
});

async function register(
  form: Awaited<ReturnType<Awaited<ReturnType<typeof signInToPanel>>['open']>>,
  issuer: string,
): Promise<string> {
  const claims = Object.entries(main).map(([name, value]) => `${name}=${value}`);
  const registered = await form.press('submit', {
    name: 'Deployment',
    issuer,
    claims: claims.join('\n'),
  });
  assert.doesNotMatch(registered.text, /Client secret/);
  const [, clientId = ''] = /id="client-id"[^>]*>([^<]+)</.exec(registered.html) ?? [];
  assert.notEqual(clientId, '', registered.text);
  return clientId;
}

interface Presented {
  readonly clientId: string;
  readonly assertion: string;
  readonly resource: string;
}

/** @returns the status of the token endpoint */
async function exchange(app: TestApp, { clientId, assertion, resource }: Presented) {
  const form = { grant_type: grantType, client_id: clientId, assertion, resource, scope: 'deploy' };
  const body = new URLSearchParams(form);
  return (await app.send(`${app.issuer}/oauth2/token`, { method: 'POST', body })).status;
}
