/** How pages show a client and the access it requests. The client's own metadata is untrusted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { presentClient } from '#http/rendering/client-view.ts';
import { describeRequest } from '#http/rendering/scope-descriptions.ts';
import { createTranslator } from '#http/i18n/locales.ts';

const t = createTranslator('en');

describe('presentClient', () => {
  it('uses the client name, or the client id without one', () => {
    assert.equal(presentClient({ clientId: 'c1', clientName: 'Acme Notes' }).name, 'Acme Notes');
    assert.equal(presentClient({ clientId: 'c1' }).name, 'c1');
    assert.equal(presentClient({ clientId: 'c1', clientName: ' \u202E ' }).name, 'c1');
  });

  it('truncates a long name', () => {
    const { name } = presentClient({ clientId: 'c1', clientName: '🦉'.repeat(200) });

    assert.equal(Array.from(name).length, 48);
    assert.ok(name.endsWith('…'));
  });

  it('removes stacked combining marks', () => {
    const { name } = presentClient({ clientId: 'c1', clientName: `A${'\u0301'.repeat(30)}cme` });

    assert.equal(name, `A${'\u0301'.repeat(4)}cme`);
  });

  const refused = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'https://user:pass@acme.example/',
    'ftp://acme.example/',
    '//acme.example',
    'not an address',
    '',
  ];
  for (const uri of refused) {
    it(`drops the unsafe link ${uri || '(empty)'}`, () => {
      const view = presentClient({
        clientId: 'c1',
        clientUri: uri,
        policyUri: uri,
        tosUri: uri,
        logoUri: uri,
        redirectUri: uri,
      });
      const { name: _name, ...links } = view;
      assert.deepEqual(new Set(Object.values(links)), new Set([undefined]));
    });
  }

  it('accepts logos over https only', () => {
    assert.equal(
      presentClient({ clientId: 'c1', logoUri: 'http://acme.example/a.png' }).logoKey,
      undefined,
    );
  });

  it('shows the host of the redirect URI, but none for a native app', () => {
    const hostOf = (redirectUri: string) => presentClient({ clientId: 'c1', redirectUri }).host;

    assert.equal(hostOf('https://notes.acme.example/cb'), 'notes.acme.example');
    assert.equal(hostOf('com.acme.notes:/cb'), undefined);
  });
});

describe('describeRequest and describeConsent', () => {
  const nothing = { scopes: [], claims: [], resources: {} };

  it('returns a line for each scope, single claim and API scope', () => {
    const lines = describeRequest(
      {
        scopes: ['openid', 'offline_access'],
        claims: ['birthdate', 'https://x.example/tier'],
        resources: { 'https://api.acme.example/notes': ['notes:read'] },
      },
      t,
    );

    assert.deepEqual(lines, [
      { icon: 'person', text: 'Recognize you when you sign in' },
      { icon: 'offline', text: 'Keep this access when you’re not using the app' },
      { icon: 'detail', text: 'See your birthday' },
      { icon: 'detail', text: 'See “https://x.example/tier” from your account' },
      { icon: 'api', text: 'Use “notes:read” at api.acme.example/notes' },
    ]);
  });

  it('omits duplicate lines', () => {
    const lines = describeRequest({ ...nothing, scopes: ['email'], claims: ['email'] }, t);

    assert.deepEqual(lines, [{ icon: 'email', text: 'See your email address' }]);
  });

  it('does not look up requested names as message keys', () => {
    const lines = describeRequest(
      { ...nothing, scopes: ['api', 'toString'], claims: ['other'] },
      t,
    );

    assert.deepEqual(
      lines.map(({ text }) => text),
      ['Use “api”', 'Use “toString”', 'See “other” from your account'],
    );
  });
});
