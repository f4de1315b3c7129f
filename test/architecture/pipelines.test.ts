// The pipelines of GitHub and Bitbucket: valid by their published schemas, without logic of their own, and with
// the same steps.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { withoutControlCharacters } from '#test/support/runner/run-files.ts';
import { provideSchemaChecker } from '#test/support/services/schema-checker.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const github = '.github/workflows/ci.yml';
const bitbucket = 'bitbucket-pipelines.yml';

describe('pipelines', () => {
  it('are valid by their published schemas', async () => {
    const check = await provideSchemaChecker();
    await check('vendor.github-workflows', join(root, github));
    await check('vendor.bitbucket-pipelines', join(root, bitbucket));
  });

  it('only call scripts of ci/, and both call the same', async () => {
    const calls = await Promise.all([github, bitbucket].map(readCalls));
    const [ofGithub = [], ofBitbucket = []] = calls;

    assert.ok(ofGithub.length > 10, String(ofGithub));
    assert.deepEqual(ofGithub, ofBitbucket);
    for (const call of ofGithub) assert.match(call, /^ci\/(?:build-image|in-image|publish)\.sh\b/);
    for (const [, step] of ofGithub.join('\n').matchAll(/in-image\.sh (\S+)/g)) {
      await access(join(root, 'ci', `${step}.sh`), constants.X_OK);
    }
  });

  it('run a command for every group of tests', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const calls = await readCalls(github);

    const groups = calls.flatMap((call) => call.split('in-image.sh test ')[1] ?? []);
    for (const group of groups) {
      assert.match(scripts[`test:${group}`] ?? '', new RegExp(`--results ${group} `));
    }
    const folders = await readdir(join(root, 'test'), { withFileTypes: true });
    const own = ['ha', 'helm', 'interop', 'package', 'serverless', 'soak', 'support', 'upgrade'];
    const names = folders.filter((each) => each.isDirectory()).map(({ name }) => name);
    assert.deepEqual(groups.toSorted(), names.filter((name) => !own.includes(name)).toSorted());
  });

  it('read results without control characters, which XML does not allow', async () => {
    const chunks = Readable.from(['<failure>\u001b[31mexpected\u001b[39m', ' 1\t!\n']);

    const written = await text(withoutControlCharacters(chunks));

    assert.equal(written, '<failure>[31mexpected[39m 1\t!\n');
  });

  it('consist of scripts that Bash can parse', async () => {
    const files = await readdir(join(root, 'ci'));
    const scripts = files.filter((name) => name.endsWith('.sh'));

    for (const script of scripts) await run('bash', ['-n', join(root, 'ci', script)]);
    assert.ok(scripts.length >= 10, String(scripts));
  });

  it('refuse a step without the images of the build, in one sentence', async () => {
    const failed = await run('ci/in-image.sh', ['lint'], { cwd: root }).catch((error) => error);

    assert.equal(failed.code, 1);
    assert.match(String(failed.stderr), /^There is no artifacts\/images\.sha256\. Run .*\n$/);
  });

  it('refuse images that differ from those of the build', async (t) => {
    const copy = await mkdtemp(join(tmpdir(), 'ostiary-pipeline-'));
    t.after(() => rm(copy, { recursive: true }));
    await cp(join(root, 'ci'), join(copy, 'ci'), { recursive: true });
    await cp(join(root, 'package.json'), join(copy, 'package.json'));
    await mkdir(join(copy, 'artifacts'));
    await writeFile(join(copy, 'artifacts/images.ids'), 'built\n');
    await run('bash', ['-c', 'cd artifacts && sha256sum images.ids > images.sha256'], {
      cwd: copy,
    });
    await writeFile(join(copy, 'artifacts/images.ids'), 'another\n');

    const failed = await run('ci/in-image.sh', ['lint'], { cwd: copy }).catch((error) => error);

    assert.equal(failed.code, 1);
    assert.match(
      String(failed.stderr),
      /^A file in artifacts\/ differs from the one that was built\.$/m,
    );
  });

  it('distribute only packages whose license permits it', async () => {
    const args = ['deploy/package/check-licenses.ts'];
    const { stdout } = await run(process.execPath, args, { cwd: root });

    assert.match(stdout, /^(\d{3}) of \1 licenses are permitted\.\n$/);
  });
});

/** The commands of a pipeline, in alphabetical order. */
async function readCalls(file: string): Promise<string[]> {
  const document: unknown = parse(await readFile(join(root, file), 'utf8'), { merge: true });
  const calls = new Set<string>();
  const steps: string[] = [];
  visit(document, (key, value) => {
    if (key === 'run' && typeof value === 'string') calls.add(value);
    if (key === 'script' && Array.isArray(value)) for (const line of value) calls.add(String(line));
    if (key === 'step' && Array.isArray(value)) steps.push(...value.map(String));
  });
  return [...calls]
    .flatMap((call) =>
      call.includes('${{ matrix.step }}')
        ? steps.map((step) => call.replace('${{ matrix.step }}', step))
        : [call],
    )
    .toSorted();
}

function visit(value: unknown, see: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    see(key, inner);
    visit(inner, see);
  }
}
