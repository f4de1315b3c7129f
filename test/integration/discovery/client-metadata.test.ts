// The list of client metadata members follows the configuration of oidc-provider.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createOidcProvider } from '#server/oidc-provider.ts';
import { providerClientMembers } from '#oidc/clients/client-members.ts';
import { describeApp } from '#test/support/app.ts';
import { nginxSettings } from '#test/support/steps/client-certificates.ts';

/** Without values that could be registered, or without effect on the server. */
const unused = [
  'request_object_encryption_alg',
  'request_object_encryption_enc',
  'use_mtls_endpoint_aliases',
];
/** Known to oidc-provider only with types in its configuration; ours are in the database. */
const own = ['authorization_details_types'];

describeApp('providerClientMembers', { settings: nginxSettings }, (app) => {
  it('contains exactly the members that oidc-provider recognizes as configured', async () => {
    const { provider } = await createOidcProvider(app().services);
    // oidc-provider has no public list; this import fails if an upgrade moves the file.
    const cache: unknown = await import(internals);
    const { default: instanceOf } = cache as {
      default: (of: unknown) => { RECOGNIZED_METADATA: readonly string[] };
    };
    assert.ok(provider.Client);

    const recognized = instanceOf(provider).RECOGNIZED_METADATA;

    const expected = recognized.filter((member) => !unused.includes(member)).concat(own);
    assert.deepEqual([...providerClientMembers].toSorted(), [...new Set(expected)].toSorted());
  });
});

/** A variable, since the module has no type declarations. */
const internals: string = 'oidc-provider/lib/helpers/weak_cache.js';
