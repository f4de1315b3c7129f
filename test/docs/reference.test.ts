// The tables of docs/reference.md match discovery, the scopes, the settings and the errors of the
// code.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errors } from 'oidc-provider';
import { allSettings } from '#config/settings.ts';
import { claimsOfScope } from '#core/clients/scopes.ts';
import { errorStatus } from '#platform/errors.ts';
import { describeApp } from '#test/support/app.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/reference.md');

/** The cells of the rows of a section, trimmed, without the headings of its tables. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, section = ''] =
    new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| --'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const unquote = (cell = '') => cell.replaceAll('`', '');

const everything = { arrangement: 'embedded, memory', settings: { NATIVE_SIGN_IN: 'on' } } as const;

describeApp('endpoints in docs/reference.md', everything, (app) => {
  it('are those of discovery', async () => {
    const { issuer, send } = app();
    const answer = await send(`${issuer}/.well-known/openid-configuration`);
    const document: unknown = await answer.json();
    assert.ok(typeof document === 'object' && document !== null);
    const discovery = Object.entries(document);
    const published = discovery
      .filter(([name]) => name === 'jwks_uri' || name.endsWith('_endpoint'))
      .map(([, url]) => String(url).slice(issuer.length));
    const listed = rowsOf('Endpoints').map(([path]) => unquote(path));

    assert.deepEqual(
      listed.filter((path) => path.startsWith('/oauth2/')).toSorted(),
      published.toSorted(),
    );
  });
});

describe('docs/reference.md', () => {
  it('lists each scope with its claims', () => {
    const listed = rowsOf('Scopes and claims')
      .slice(1)
      .map(([scope, claims = '']) => [
        unquote(scope),
        claims === '' ? [] : unquote(claims).split(', '),
      ]);

    assert.deepEqual(Object.fromEntries(listed), claimsOfScope);
  });

  it('has the default of each setting of a lifetime', () => {
    const defaults = new Map<string, unknown>(
      allSettings.map(({ setting }) => [
        setting.name,
        'default' in setting ? setting.default : undefined,
      ]),
    );
    const named = rowsOf('Lifetimes').flatMap(([, value, setting = '']) => {
      const [, name] = /`([A-Z_]+)`/.exec(setting) ?? [];
      return name === undefined ? [] : [{ name, value: Number(value) }];
    });

    assert.equal(named.length, 6);
    assert.deepEqual(
      named.filter(({ name, value }) => defaults.get(name) !== value),
      [],
    );
  });

  it('has the fixed lifetimes of the code', () => {
    const code = read('src/oidc/configuration.ts');
    const seconds = (name: string) => new RegExp(`${name} = (\\d+);`).exec(code)?.[1];
    const valueOf = (what: string) => rowsOf('Lifetimes').find(([name]) => name === what)?.[1];

    assert.equal(valueOf('authorization code'), seconds('codeSeconds'));
    assert.equal(valueOf('ID token'), seconds('idTokenSeconds'));
    assert.equal(valueOf('sign-in in progress'), seconds('interactionSeconds'));
  });

  it('has the status of each protocol error', () => {
    const wrong = rowsOf('Errors')
      .filter(([, , meaning]) => meaning !== undefined)
      .slice(1)
      .filter(([name, status]) => statusOf(unquote(name)) !== Number(status));

    assert.deepEqual(wrong, []);
  });

  it('lists each error code of the management API with its status', () => {
    const listed = rowsOf('Errors')
      .filter((cells) => cells.length === 2)
      .slice(1)
      .map(([code, status]) => [unquote(code), Number(status)]);

    assert.deepEqual(Object.fromEntries(listed), errorStatus);
  });
});

const challengeErrors = ['insufficient_authorization', 'invalid_session', 'redirect_to_web'];

/** The status of an error of oidc-provider, by its code. */
function statusOf(code: string): number | undefined {
  // oidc-provider has no class for the error of the prompt that is added to its policy.
  if (code === 'account_selection_required') {
    return new errors.CustomOIDCProviderError(code, '').status;
  }
  // Errors of the authorization challenge endpoint (draft-ietf-oauth-first-party-apps §5.2.2).
  if (challengeErrors.includes(code)) return 400;
  const name = code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const renamed = name === 'InvalidClient' ? 'InvalidClientAuth' : name;
  const found = new Map<string, unknown>(Object.entries(errors)).get(renamed);
  // Each of them takes a description, or nothing.
  if (typeof found !== 'function') return undefined;
  const error: unknown = Reflect.construct(found, ['']);
  if (!(error instanceof errors.OIDCProviderError) || error.message !== code) return undefined;
  return error.status;
}
