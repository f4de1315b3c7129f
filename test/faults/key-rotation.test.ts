// Keys are rotated under load. Resource servers that cache the JWKS as libraries do verify every token
// that two nodes issue meanwhile; encryption and cookie keys change with a rolling restart.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { JSONWebKeySet } from 'jose';
import { jwksCacheSeconds } from '#core/keys/signing-keys.ts';
import { cheapSettings, collectWorks } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { startNodes, type Node, type Nodes } from '#test/support/faults/nodes.ts';
import { startRefreshing } from '#test/support/faults/refresh-load.ts';
import { aTokenParty, issueToken, startTokenLoad } from '#test/support/faults/token-load.ts';

const operator = { kind: 'operator' } as const;
/** In seconds; the shortest lead time that the setting allows. */
const lead = 15;
const settings = { SIGNING_KEY_LEAD_SECONDS: String(lead) };
/** A rotation takes effect on every node within this time. */
const followSeconds = 5;

async function jwksOf({ issuer }: Nodes, { send }: Node) {
  const answer = await send(`${issuer}/oauth2/jwks`);
  const { keys } = (await answer.json()) as JSONWebKeySet; // RFC 7517
  return { keys, cacheControl: answer.headers.get('cache-control') };
}

describeNodes('rotation of the signing keys under load', { settings }, (nodes) => {
  it('causes no verification failure when it is planned', async (t) => {
    const maxAge = jwksCacheSeconds(lead);
    const load = await startTokenLoad(t, nodes(), maxAge);
    await load.verifies(10);
    const [old = ''] = load.kids;
    const published = await jwksOf(nodes(), nodes().at(1));
    assert.equal(published.cacheControl, `public, max-age=${maxAge}`);

    await nodes().services.keyRotation.begin(operator);
    const follows = async () => (await jwksOf(nodes(), nodes().at(1))).keys.length === 10;
    await until('published by the other node', follows, followSeconds);
    const signs = async () => load.latestKids().every((kid) => kid !== old);
    await until('the new key signs on both nodes', signs, 4 * lead);
    await load.verifies(30);
    await load.stop();

    assert.deepEqual([...load.failures, ...load.refused], []);
    assert.equal(load.kids.size, 2);
    t.diagnostic(`${load.count()} tokens verified twice; JWKS fetched ${load.fetches()} times`);
  });

  it('in an emergency, makes both nodes refuse earlier tokens within 5 seconds', async () => {
    const party = await aTokenParty(nodes());
    const tokens = [await issueToken(party, 0), await issueToken(party, 1)];
    const countActive = async () => {
      const asked = party.servers.flatMap((server) => tokens.map((each) => server.isActive(each)));
      return (await Promise.all(asked)).filter(Boolean).length;
    };
    assert.equal(await countActive(), 4);

    await nodes().services.keyRotation.replaceAll(operator);

    await until('refused by both nodes', async () => (await countActive()) === 0, followSeconds);
    for (const turn of [0, 1]) {
      const fresh = await issueToken(party, turn);
      for (const server of party.servers) assert.equal(await server.isActive(fresh), true);
    }
  });

  it('in an emergency under load, fails no request, and signs with new keys within 5 seconds', async (t) => {
    const maxAge = jwksCacheSeconds(lead);
    const rp = await nodes().relyingParty();
    const logins = [await rp.login(await nodes().createUser(), offline)];
    const refreshing = await startRefreshing(t, nodes(), { rp, logins });
    const load = await startTokenLoad(t, nodes(), maxAge);
    await load.verifies(10);
    const old = new Set(load.kids);
    const leaked = await issueToken(load.party, 0);

    await nodes().services.keyRotation.replaceAll(operator);
    const signs = async () => load.latestKids().every((kid) => !old.has(kid));
    await until('new keys sign on both nodes', signs, followSeconds);

    for (const server of load.party.servers) assert.equal(await server.isActive(leaked), false);
    await refreshing.everywhere();
    // A library that has just fetched the JWKS does not fetch it again at once for an unknown key.
    await load.recovers(30);
    await Promise.all([load.stop(), refreshing.stop()]);
    assert.deepEqual(load.refused, [], 'no node refused to issue a token');
    assert.deepEqual(refreshing.failures, []);
    const verdicts = new Set(load.failures.map((each) => each.split(':')[0]));
    assert.deepEqual(
      [...verdicts].filter((each) => each !== 'JWKSNoMatchingKey'),
      [],
    );
    t.diagnostic(`${load.count()} tokens; unknown to a cached JWKS: ${load.failures.length}`);
  });

  it('reaches every node within 5 seconds even if no message does', async () => {
    const { db } = nodes().services;
    await nodes().services.keyRotation.begin(operator);
    const have = (count: number) => async () => {
      const all = await Promise.all(nodes().nodes.map((node) => jwksOf(nodes(), node)));
      return all.every(({ keys }) => keys.length === count);
    };
    await until('published', have(10), followSeconds);

    // As another writer would do it: without publishing a change.
    const retired = { status: 'retired', retired_at: new Date() };
    await db.knex('signing_keys').where({ status: 'next', alg: 'EdDSA' }).update(retired);

    await until('followed', have(9), followSeconds);
  });
});

const former = {
  encryption: cheapSettings['ENCRYPTION_KEYS'],
  cookie: cheapSettings['COOKIE_KEYS'],
};
const fresh = {
  encryption: `fresh:${randomBytes(32).toString('base64')}`,
  cookie: randomBytes(32).toString('base64url'),
};

function keysOf(...order: readonly (typeof fresh | typeof former)[]) {
  return {
    ENCRYPTION_KEYS: order.map(({ encryption }) => encryption).join(),
    COOKIE_KEYS: order.map(({ cookie }) => cookie).join(),
  };
}

describe('rotation of encryption and cookie keys under load', () => {
  it('keeps sessions and refresh tokens, and needs only the new keys in the end', async (t) => {
    const works = collectWorks();
    t.after(works.run);
    const nodes = await startNodes(works);
    const rp = await nodes.relyingParty();
    const people = await Promise.all(Array.from({ length: 4 }, () => nodes.createUser()));
    const logins = await Promise.all(people.map((person) => rp.login(person, offline)));
    for (const { id } of people) await nodes.services.secondFactor.begin(id);
    const load = await startRefreshing(works, nodes, { rp, logins });
    const restart = async (keys: ReturnType<typeof keysOf>) => {
      for (const node of nodes.nodes) {
        await node.kill();
        await node.start(keys);
      }
      await load.everywhere();
    };

    await restart(keysOf(former, fresh));
    await restart(keysOf(fresh, former));
    await until('encrypted anew', () => needsOnlyFresh(nodes), 30);
    await restart({ ...keysOf(fresh, former), ENCRYPTION_KEYS: fresh.encryption });
    await load.stop();

    assert.deepEqual(load.failures, []);
    for (const { browser } of logins) {
      const page = await browser.through(nodes.at(1).send).open((await rp.request()).url);
      assert.ok(page.left, 'the browser is still signed in');
    }
  });
});

async function needsOnlyFresh({ services }: Nodes): Promise<boolean> {
  const { columns, families } = await services.encryptionKeys.inventory();
  const ids = columns.flatMap(({ rows }) => [...rows.keys()]);
  return [...ids, ...families.map(({ keyId }) => keyId)].every((id) => id === 'fresh');
}
