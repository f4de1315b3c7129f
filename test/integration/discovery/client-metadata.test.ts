// The list of client metadata members follows the configuration of oidc-provider.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createOidcProvider } from '#server/oidc-provider.ts';
import { providerClientMembers } from '#oidc/clients/client-members.ts';
import { describeApp } from '#test/support/app.ts';

describeApp('providerClientMembers', {}, (app) => {
  it('contains exactly the members that oidc-provider recognizes as configured', async () => {
    const { provider } = await createOidcProvider(app().services);
    // oidc-provider has no public list; this import fails if an upgrade moves the file.
    const cache: unknown = await import(internals);
    const { default: instanceOf } = cache as {
      default: (of: unknown) => { RECOGNIZED_METADATA: readonly string[] };
    };
    assert.ok(provider.Client);

    const recognized = instanceOf(provider).RECOGNIZED_METADATA;

    assert.deepEqual([...providerClientMembers].toSorted(), [...recognized].toSorted());
  });
});

/** A variable, since the module has no type declarations. */
const internals: string = 'oidc-provider/lib/helpers/weak_cache.js';
