// src/oidc/provider-patches.ts lists everything that changes oidc-provider (docs/decisions/0001).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const source = new URL('../../../src/', import.meta.url);
/** Code that changes oidc-provider: prototypes, middleware, event listeners, internal modules. */
const changes = /oidc-provider\/lib|\.prototype\b|\bprovider\.(?:use|on|once|prependListener)\(/;

describe('src/oidc/provider-patches.ts', () => {
  it('lists every file of src/oidc/patches/', () => {
    const list = readFileSync(new URL('oidc/provider-patches.ts', source), 'utf8');
    const files = readdirSync(new URL('oidc/patches/', source));

    assert.deepEqual(
      files.filter((file) => !new RegExp(`^// ${file.replace('.', '\\.')} `, 'm').test(list)),
      [],
    );
  });

  it('is the only code, with src/oidc/patches/, that changes oidc-provider', () => {
    const elsewhere = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('oidc/patches/'))
      .filter((path) => {
        const code = readFileSync(new URL(path, source), 'utf8').replaceAll(
          /^ *(?:\/\/|\/?\*).*$/gm,
          '',
        );
        return changes.test(code.replaceAll('Object.prototype', ''));
      });

    assert.deepEqual(elsewhere, []);
  });
});
