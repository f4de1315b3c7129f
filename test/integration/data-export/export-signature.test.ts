// The recipient of a data export can verify its signature as documented.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { describeApp } from '#test/support/app.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { download, parseCopy, withCopy } from '#test/support/steps/data-export.ts';

describeApp('data export signature', {}, (app) => {
  it('is verified by the steps of docs/accounts.md', async (t) => {
    const { browser, person } = await withCopy(app());
    const text = await download(browser);
    const page = await readFile(new URL('../../../docs/accounts.md', import.meta.url), 'utf8');
    const [, recipe = ''] = /```js\n(import \{ createRemoteJWKSet[^]*?)```/.exec(page) ?? [];
    const directory = await createDirectory(t);
    const script = recipe.replace('https://id.example.com', app().issuer);
    const run = async (content: string) => {
      const file = join(directory, 'copy.json');
      await writeFile(file, content);
      // The directory from which packages are resolved.
      const cwd = new URL('../../../', import.meta.url);
      return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file], {
        cwd,
      });
    };

    assert.match((await run(text)).stdout, /is genuine/);
    await assert.rejects(run(text.replace(person.email, 'somebody@example.org')));
  });

  it('is not accepted as a token', async () => {
    const { browser } = await withCopy(app());
    const { signature } = parseCopy(await download(browser));

    const [header = '', payload] = signature.split('.');

    assert.equal(payload, '');
    const { alg, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
    assert.deepEqual({ alg, typ }, { alg: 'ES256', typ: 'personal-data+jws' });
  });
});
