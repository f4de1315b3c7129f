// docs/interoperability.md has a row for each relying party of the interoperability suite, with its
// version.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { relyingParties } from '#test/interop/relying-parties.ts';
import { versions } from '#test/interop/versions.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/interoperability.md'), 'utf8');
const rows = [...page.matchAll(/^\| \[([^\]]+)\]\([^|]+\| (\d[\w.]*) +\|/gm)].map(
  ([, name = '', version = '']) => ({ name, version }),
);
/** Installed from the system packages, so its version is not pinned. */
const unpinned = 'mod_auth_openidc';

describe('docs/interoperability.md', () => {
  it('has a row for each relying party of the suite', () => {
    const documented = rows.map(({ name }) => name).toSorted();

    assert.deepEqual(documented, relyingParties.map(({ name }) => name).toSorted());
  });

  it('lists the versions that the suite installs', () => {
    const pinned = new Set<string>(Object.values(versions).map((text) => text.replace(/^v/, '')));
    const wrong = rows.filter(({ name, version }) => name !== unpinned && !pinned.has(version));

    assert.deepEqual(wrong, []);
  });
});
