// Signing keys: nodes that start concurrently agree on one key per algorithm.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import { aSigningKey, later } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';

describeOnEachKind('signing key store', (database) => {
  it('returns keys unchanged, the oldest first', async () => {
    const keys = createSigningKeyStore(database());
    const younger = aSigningKey({ alg: 'RS256', createdAt: later(60), activatedAt: later(60) });
    const older = aSigningKey({ alg: 'EdDSA' });

    await keys.insertIfNoneActive(younger);
    await keys.insertIfNoneActive(older);

    assert.deepEqual(await keys.list(), [older, younger]);
  });

  it('activates the key of one of many concurrent nodes', async () => {
    const keys = createSigningKeyStore(database());
    const made = Array.from({ length: 20 }, () => aSigningKey({ alg: 'ES256' }));

    const inserted = await Promise.all(made.map((key) => keys.insertIfNoneActive(key)));

    const active = (await keys.list()).filter(({ alg }) => alg === 'ES256');
    assert.equal(inserted.filter(Boolean).length, 1);
    assert.deepEqual(active, [made[inserted.indexOf(true)]]);
    assert.equal(await keys.insertIfNoneActive(aSigningKey({ alg: 'ES256' })), false);
  });
});
