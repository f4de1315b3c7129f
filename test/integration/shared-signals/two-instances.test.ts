// Two instances of Ostiary, one of which is an identity provider of the other and sends it signals.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startTestApp } from '#test/support/app.ts';
import { aReceiver, createSignalClient, pushMethod } from '#test/support/steps/signal-receiver.ts';

const secret = 'a-secret-of-thirty-two-characters-or-more';

it('a block at an identity provider ends the session of the linked user', async (t) => {
  const upstream = await startTestApp(t, { settings: { OUTBOUND_ALLOW: '127.0.0.1' } });
  const provider = {
    id: 'second',
    name: 'The other instance',
    issuer: upstream.issuer,
    client_id: 'this-instance',
    client_secret: secret,
    trust_email: true,
    signals: true,
  };
  const settings = { OUTBOUND_ALLOW: '127.0.0.1', SIGN_IN_PROVIDERS: JSON.stringify([provider]) };
  const app = await startTestApp(t, { settings });
  const receiver = await upstream.createClient({
    ...aReceiver('openid email profile ssf.manage'),
    client_id: 'this-instance',
    client_secret: secret,
    redirect_uris: [`${app.issuer}/auth/with/second/callback`],
    first_party: true,
  });
  const rp = await upstream.relyingPartyOf(receiver);
  const client = await createSignalClient(upstream, rp, 'ssf.manage');
  const delivery = { method: pushMethod, endpoint_url: `${app.issuer}/auth/signals/second` };
  assert.equal((await client.call('POST', 'streams', { delivery })).status, 201);
  const person = await upstream.createUser({ emailVerified: true });
  const [here, there] = [app.browser(), upstream.browser()];
  const away = await (await here.open('/auth/sign-in')).press('with-second');
  const login = { login: person.email, password: person.password };
  const returned = await (await there.open(away.url)).press('sign-in', login);
  const account = await (await here.open(returned.url)).press('register');
  assert.equal(account.url.pathname, '/auth/account', account.text);

  await upstream.block(person.id);
  await upstream.services.auditChain.seal();
  await upstream.services.outboxWorker.deliverDue();

  const after = await here.open('/auth/account');
  assert.equal(after.has('sign-in'), true, after.text);
});
