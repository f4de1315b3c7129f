// Identity providers and the brand in a configuration file.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDataContext } from '#cli/data-context.ts';
import type { Entry } from '#features/configuration-as-code/document/document.ts';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { printYaml } from '#features/configuration-as-code/document/print-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { describeApp } from '#test/support/app.ts';

const corp = { name: 'Example Corp', issuer: 'https://login.example.com', client_id: 'ostiary' };
const polled = { signals: true, signals_poll_endpoint: 'https://login.example.com/ssf/poll' };
const secret = 'a-secret-of-the-provider-of-some-length';

/** A document as the command line reads it, with the secret of each provider. */
function read(document: object, secrets: Readonly<Record<string, string>> = {}) {
  const sections = parseConfiguration(JSON.stringify({ version: 1, ...document }), kinds);
  const withSecret = (entry: Entry) => {
    const value = secrets[entry.key];
    return value === undefined ? entry : { ...entry, secret: { value, overlapSeconds: 0 } };
  };
  return {
    sections: sections.map((each) => ({ ...each, entries: each.entries.map(withSecret) })),
  };
}

describeApp('identity providers and the brand in a configuration file', {}, (app) => {
  const configuration = () => createDataContext(app().services).configuration;
  const apply = (document: object, secrets?: Readonly<Record<string, string>>, isPlan = false) =>
    configuration().apply(read(document, secrets), { isPlan, prunes: true });

  it('are applied, shown on the sign-in page, exported and then have no difference', async () => {
    const document = {
      identity_providers: {
        corp: { ...corp, ...polled, scopes: ['openid', 'email'], trust_email: true },
      },
      branding: { default: { accent: '#0b57d0' } },
    };

    const { changes } = await apply(document, { corp: secret });

    assert.deepEqual(
      changes.map(({ kind, action }) => `${kind} ${action}`),
      ['identity_providers create', 'branding create'],
    );
    const page = await app().browser().open('/auth/sign-in');
    assert.ok(page.has('with-corp'));
    const exported = printYaml(await configuration().export());
    assert.match(exported, /^ {2}corp:\n {4}name: Example Corp\n/m);
    assert.doesNotMatch(exported, new RegExp(secret));
    const sections = parseConfiguration(exported, kinds);
    const again = await configuration().apply({ sections }, { isPlan: true, prunes: true });
    assert.deepEqual(again.changes, []);
    assert.deepEqual((await apply(document, { corp: secret }, true)).changes, []);
  });

  it('change, with a new secret or without one, and are removed', async () => {
    const renamed = { identity_providers: { corp: { ...corp, name: 'Corp', enabled: false } } };

    const first = await apply(renamed);
    const second = await apply(renamed, { corp: `${secret}-2` });
    const last = await apply({ identity_providers: {}, branding: {} });

    assert.deepEqual(first.changes[0]?.fields.map(({ name }) => name).toSorted(), [
      'enabled',
      'name',
      'scopes',
      'signals',
      'signals_poll_endpoint',
      'trust_email',
    ]);
    assert.deepEqual(
      second.changes[0]?.fields.map(({ name }) => name),
      ['client_secret'],
    );
    assert.doesNotMatch(JSON.stringify(second), new RegExp(secret));
    assert.deepEqual(
      last.changes.map(({ kind, action }) => `${kind} ${action}`),
      ['branding delete', 'identity_providers delete'],
    );
    assert.deepEqual(await app().services.identityProviders.list(), []);
  });

  it('are refused without a secret, with another issuer, and with an invalid color', async () => {
    const provider = { identity_providers: { corp } };
    await assert.rejects(apply(provider), /client_secret is required/);
    await apply(provider, { corp: secret });
    const moved = { identity_providers: { corp: { ...corp, issuer: 'https://evil.example' } } };

    await assert.rejects(apply(moved), /issuer cannot be changed/);
    await assert.rejects(apply({ branding: { default: { accent: 'blue-ish' } } }), /accent/);
  });
});
