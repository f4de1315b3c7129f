// How the load test installs other products: once, completely, where only its user can write.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openPeersDirectory, provide } from '#bench/peers/directory.ts';
import { findJava, MissingProgramError, requireInPath } from '#bench/peers/programs.ts';

async function createDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'peers-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const say = () => undefined;

describe('an installation', () => {
  /** Installs one file, and counts how often. */
  function createRecipe(recipe: string) {
    const installed: string[] = [];
    const install = async (empty: string) => {
      const built = join(empty, 'built');
      await mkdir(built);
      await writeFile(join(built, 'program'), recipe);
      installed.push(recipe);
      return built;
    };
    return { installed, installation: { name: 'product', recipe, install } };
  }

  it('is used again by the next run', async (t) => {
    const directory = await createDirectory(t);
    const { installed, installation } = createRecipe('product 1.0');

    await provide(directory, installation, say);
    const home = await provide(directory, installation, say);

    assert.equal(installed.length, 1);
    assert.equal(await readFile(join(home, 'program'), 'utf8'), 'product 1.0');
  });

  it('is replaced when the version or the way to build it is another', async (t) => {
    const directory = await createDirectory(t);
    await provide(directory, createRecipe('product 1.0').installation, say);

    const home = await provide(directory, createRecipe('product 1.1').installation, say);

    assert.equal(await readFile(join(home, 'program'), 'utf8'), 'product 1.1');
  });

  it('leaves nothing behind when it fails, and keeps the former one', async (t) => {
    const directory = await createDirectory(t);
    await provide(directory, createRecipe('product 1.0').installation, say);
    const install = async (empty: string) => {
      await writeFile(join(empty, 'half'), '');
      throw new Error('no network');
    };

    await assert.rejects(
      provide(directory, { name: 'product', recipe: 'product 1.1', install }, say),
      /no network/,
    );
    assert.deepEqual(await readdir(directory), ['product']);
    assert.equal(await readFile(join(directory, 'product/program'), 'utf8'), 'product 1.0');
  });
});

describe('the folder of the installations', () => {
  it('is created for its user only', async (t) => {
    const directory = join(await createDirectory(t), 'new', 'folder');

    assert.equal(await openPeersDirectory(directory), directory);
  });

  it('is refused if other users can write to it', async (t) => {
    const directory = await createDirectory(t);
    await chmod(directory, 0o777);

    await assert.rejects(openPeersDirectory(directory), /Other users could change/);
  });
});

describe('the programs that an installation needs', () => {
  /** A folder like that of a Java of this version. */
  async function createJava(directory: string, version: string): Promise<string> {
    const home = join(directory, version);
    await mkdir(join(home, 'bin'), { recursive: true });
    const script = `#!/bin/sh\necho 'openjdk version "${version}" 2026-01-20' >&2\n`;
    await writeFile(join(home, 'bin/java'), script, { mode: 0o755 });
    return home;
  }

  it('include the first Java that is new enough', async (t) => {
    const directory = await createDirectory(t);
    const [old, recent] = [
      await createJava(directory, '17.0.15'),
      await createJava(directory, '21.0.9'),
    ];

    assert.deepEqual(findJava([undefined, '/nowhere', old, recent]), {
      home: recent,
      version: '21.0.9',
    });
    assert.throws(() => findJava([old]), /Java 21 or newer.*JAVA_HOME/);
  });

  it('are named with what to do if one is missing', () => {
    const find = () => requireInPath('no-such-program', 'Install it.');

    assert.throws(find, { message: 'The program no-such-program is not in PATH. Install it.' });
    assert.throws(find, MissingProgramError);
  });
});
