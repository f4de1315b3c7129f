// npm run lambda:local: the functions over HTTP on this machine, from the sources and from an artifact.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import { cheapSettings, settable } from '#test/support/app.ts';
import { createDatabase, createDirectory } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { buildArtifact } from '#test/support/serverless/functions.ts';
import { findFreePort } from '#test/support/services/free-ports.ts';

const root = join(import.meta.dirname, '../../..');

describe('npm run lambda:local', () => {
  it('serves the handlers of the sources', async (t) => {
    await assertServes(t, []);
  });

  it('serves the handlers of an artifact', async (t) => {
    const { directory } = await buildArtifact(t);
    await assertServes(t, ['--artifact', directory]);
  });
});

async function assertServes(t: TestContext, options: readonly string[]): Promise<void> {
  const port = await findFreePort();
  const issuer = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['deploy/lambda/local.ts', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      ...cheapSettings,
      ISSUER: issuer,
      PORT: String(port),
      DATABASE_URL: settable(await createDatabase(t)),
      SHORT_LIVED_STORE: 'postgres',
      DATA_DIRECTORY: await createDirectory(t),
    },
  });
  const forget = killAtExit(() => void child.kill('SIGKILL'));
  t.after(async () => {
    forget();
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  const lines = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes('/auth/setup')) break;
  }
  assert.match(
    lines.join('\n'),
    /The functions answer at .*\n.*http:\/\/127\.0\.0\.1:\d+\/auth\/setup/,
  );

  const browser = createBrowser(createHttpClient(t, issuer, port), issuer);
  const page = await browser.open('/auth/register');
  assert.equal(page.status, 200);
  const fields = { email: 'ann@example.com', password: 'four words make one', name: 'Ann' };
  const next = await page.press('register', fields);
  assert.equal(next.status, 200, next.text);
  assert.equal(next.errorCode, undefined);
}
