// The list of members that a client may have follows the engine's configuration.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEngine } from '#server/composition/oidc-provider.ts';
import { engineClientMembers } from '#oidc/clients/client-members.ts';
import { describeApp } from '#test/app.ts';

describeApp('members of client metadata', {}, (app) => {
  it('are those that the engine honours as it is configured, all of them', async () => {
    const { provider } = await createEngine(app().installation);
    // The engine has no public list; an upgrade that moves this file says so here.
    const cache: unknown = await import(internals);
    const { default: instanceOf } = cache as {
      default: (of: unknown) => { RECOGNIZED_METADATA: readonly string[] };
    };
    assert.ok(provider.Client);

    const recognized = instanceOf(provider).RECOGNIZED_METADATA;

    assert.deepEqual([...engineClientMembers].toSorted(), [...recognized].toSorted());
  });
});

/** A variable, since the module has no types. */
const internals: string = 'oidc-provider/lib/helpers/weak_cache.js';
