// The npm package below the node_modules of an empty folder: it runs there, with and without its build. npm
// run test:package installs it with npm.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cheapSettings, collectWorks, settable } from '#test/support/app.ts';
import { pack, runProgram } from '#test/support/package.ts';
import { createDatabase, createDirectory } from '#test/support/services/databases.ts';

const root = join(import.meta.dirname, '../../..');
describe('the npm package', () => {
  const works = collectWorks();
  const place = { folder: '', installed: '' };
  before(async () => {
    place.folder = await createDirectory(works);
    place.installed = join(place.folder, 'node_modules/ostiary');
    const archive = pack(place.folder, ['--without-site']);
    await mkdir(place.installed, { recursive: true });
    runProgram('tar', ['xzf', archive, '--strip-components=1', '-C', place.installed]);
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name.startsWith('.')) continue;
      await symlink(join(root, 'node_modules', name), join(place.folder, 'node_modules', name));
    }
  });
  after(works.run);

  function ostiary(words: readonly string[], env: NodeJS.ProcessEnv = {}): unknown {
    const program = join(place.installed, 'bin/ostiary.mjs');
    const args = ['--disable-warning=ExperimentalWarning', program, ...words, '--json'];
    const all = { ...process.env, ...cheapSettings, ...env };
    return JSON.parse(runProgram(process.execPath, args, { cwd: place.folder, env: all }));
  }

  it('contains the program as plain JavaScript, a bill of materials and the licenses', async () => {
    const read = (name: string) => readFile(join(place.installed, 'dist/package', name), 'utf8');
    assert.doesNotMatch(await read('main.mjs'), /\binterface \w+ \{/);
    const bom = JSON.parse(await read('sbom.cdx.json')) as {
      bomFormat: string;
      metadata: { component: { name: string; type: string } };
      components: readonly { purl: string }[];
    }; // CycloneDX
    assert.equal(bom.bomFormat, 'CycloneDX');
    assert.equal(bom.metadata.component.name, 'ostiary');
    assert.equal(
      bom.components.some(({ purl }) => purl.startsWith('pkg:npm/oidc-provider@')),
      true,
    );
    assert.match(await read('licenses.md'), /^\| oidc-provider \| [\d.]+ \| MIT \|$/m);
    assert.match(
      await read('license-texts.txt'),
      /^node_modules\/oidc-provider\n[^]*?MIT License/m,
    );
  });

  it('runs commands, with its build and without', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const env = { DATABASE_URL: settable(await createDatabase(works, { migrated: false })) };
    const shown = { name: 'ostiary', version };
    assert.partialDeepStrictEqual(ostiary(['version']), shown);
    assert.ok(Object.hasOwn(Object(ostiary(['migrate'], env)), 'applied'));

    await rm(join(place.installed, 'dist'), { recursive: true });
    assert.partialDeepStrictEqual(ostiary(['version']), shown);
    assert.ok(Object.hasOwn(Object(ostiary(['migrate'], env)), 'applied'));
  });
});
