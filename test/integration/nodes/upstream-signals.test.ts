// Two nodes collect the signals of an identity provider, which is another instance of Ostiary.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { collectWorks, startTestApp, type TestApp } from '#test/support/app.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { aReceiver, createSignalClient, pollMethod } from '#test/support/steps/signal-receiver.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const secret = 'a-secret-of-thirty-two-characters-or-more';
const by = { kind: 'operator' } as const;
const scope = 'openid email profile ssf.manage ssf.read';

describeNodes('signals that two nodes collect', { settings }, (nodes) => {
  const works = collectWorks();
  let upstream: TestApp | undefined;
  before(async () => {
    upstream = await startTestApp(works, { settings: { OUTBOUND_ALLOW: '127.0.0.1' } });
    await connect(upstream);
  });
  after(works.run);
  const provider = () => {
    assert.ok(upstream);
    return upstream;
  };

  /** The nodes are a client of the provider, and have a stream there. */
  async function connect(issuing: TestApp): Promise<void> {
    const receiver = await issuing.createClient({
      ...aReceiver(scope),
      client_id: 'these-nodes',
      client_secret: secret,
      redirect_uris: [`${nodes().issuer}/auth/with/second/callback`],
      first_party: true,
    });
    const rp = await issuing.relyingPartyOf(receiver);
    const client = await createSignalClient(issuing, rp);
    const delivery = { method: pollMethod };
    const { status, body } = await client.call('POST', 'streams', { delivery });
    assert.equal(status, 201);
    const entry = {
      id: 'second',
      name: 'The other instance',
      issuer: issuing.issuer,
      client_id: 'these-nodes',
      trust_email: true,
      signals: true,
      signals_poll_endpoint: String(Object(body['delivery']).endpoint_url),
    };
    const made = { entry, secret: { client_secret: secret }, enabled: true };
    await nodes().services.identityProviders.create(made, by);
  }

  /** A user of the provider who is signed in here. */
  async function aLinkedUser() {
    const person = await provider().createUser({ emailVerified: true });
    const [here, there] = [nodes().browser(nodes().at(1)), provider().browser()];
    const login = { login: person.email, password: person.password };
    // Other nodes learn of a new provider within a second.
    await until(async () => (await here.open('/auth/sign-in')).has('with-second'));
    const away = await (await here.open('/auth/sign-in')).press('with-second');
    const returned = await (await there.open(away.url)).press('sign-in', login);
    const account = await (await here.open(returned.url)).press('register');
    assert.equal(account.url.pathname, '/auth/account', account.text);
    const isSignedIn = async () => !(await here.open('/auth/account')).has('sign-in');
    return { id: person.id, isSignedIn };
  }
  async function block(userId: string): Promise<void> {
    await provider().block(userId);
    await provider().services.auditChain.seal();
  }
  /** The nodes use the system clock; the test itself has a time limit. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await pause(100);
  }
  const unacknowledged = async () => {
    const { knex } = provider().services.db;
    const [row] = await knex('signals').whereNull('delivered_at').count('* as count');
    return Number(row?.['count']);
  };

  it('end the session of the linked user, once, and are acknowledged', async () => {
    const user = await aLinkedUser();

    await block(user.id);

    await until(async () => !(await user.isSignedIn()));
    await until(async () => (await unacknowledged()) === 0);
    const { knex } = nodes().services.db;
    const received = await knex('audit_events').where({ event: 'signal.received' });
    const ids = received.map(({ details }) => `${details.jti} ${details.type}`);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are still collected after a node was killed', async () => {
    const user = await aLinkedUser();
    await nodes().at(0).kill();
    const { knex } = nodes().services.db;
    // Ends the claim of the killed node.
    await knex('signal_polls').update({ due_at: new Date(0) });

    await block(user.id);

    await until(async () => !(await user.isSignedIn()));
    assert.equal(await user.isSignedIn(), false);
  });
});
