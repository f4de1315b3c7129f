// npm pack of the resource server package and its README in an empty folder, as the developer of an API uses
// it. Part of npm run test:package, because the installation downloads packages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { startTestApp } from '#test/support/app.ts';
import { runProgram } from '#test/support/package.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { findFreePort } from '#test/support/services/free-ports.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';

const root = join(import.meta.dirname, '../..');
const readme = join(root, 'packages/resource-server/README.md');

describe('the package @ostiary/resource-server', () => {
  it('protects the API of its README from an empty folder', { timeout: 900_000 }, async (t) => {
    const folder = await installInEmptyFolder(t);
    const [program = ''] = /\/\/ api\.mjs[^]*?(?=```)/.exec(await readFile(readme, 'utf8')) ?? [];
    await writeFile(join(folder, 'api.mjs'), program);
    const app = await startTestApp(t);
    const api = await app.createApi({ accessTokenFormat: 'jwt', scopes: ['tasks:read', 'other'] });
    const port = String(await findFreePort());
    await start(t, folder, { ISSUER: app.issuer, AUDIENCE: api.audience, PORT: port });
    const rp = await app.relyingParty();
    const person = await app.createUser();
    const statusFor = async (scope: string) => {
      const login = await rp.login(person, { resource: api.audience, scope: `openid ${scope}` });
      const headers = { authorization: `Bearer ${login.accessToken}` };
      return fetch(`http://127.0.0.1:${port}/tasks`, { headers });
    };

    const reader = await statusFor('tasks:read');
    const other = await statusFor('other');
    const stranger = await fetch(`http://127.0.0.1:${port}/tasks`);

    assert.deepEqual(await reader.json(), { tasksOf: person.id });
    assert.deepEqual([other.status, stranger.status], [403, 401]);
  });

  it('has types for a program in TypeScript', { timeout: 900_000 }, async (t) => {
    const folder = await installInEmptyFolder(t);
    await writeFile(join(folder, 'api.ts'), typedProgram);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', 'api.ts'];

    runProgram(join(root, 'node_modules/.bin/tsc'), options, { cwd: folder });
  });
});

const typedProgram = `
import Koa from 'koa';
import { createResourceServer, type Auth } from '@ostiary/resource-server';
import { authOf, peerCertificate, protect } from '@ostiary/resource-server/koa';

const api = createResourceServer({ issuer: 'https://id.example.com', audience: 'https://a.example' });
const app = new Koa();
app.use(protect(api, { scopes: ['read'], clientCertificate: (ctx) => peerCertificate(ctx.req) }));
app.use((ctx) => {
  const auth: Auth = authOf(ctx);
  ctx.body = auth.subject;
});
`;

async function installInEmptyFolder(t: TestContext): Promise<string> {
  const packed = await createDirectory(t);
  runProgram('npm', ['run', '--silent', 'package:resource-server', '--', packed]);
  const folder = await createDirectory(t);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const { version } = JSON.parse(
    await readFile(join(root, 'packages/resource-server/package.json'), 'utf8'),
  ) as { version: string }; // the manifest of the package
  const archive = join(packed, `ostiary-resource-server-${version}.tgz`);
  const versions = ['express@5.3.0', 'koa@3.3.0', '@types/koa@3.0.3', '@types/node@24.19.2'];
  runProgram('npm', ['install', '--no-audit', '--no-fund', archive, ...versions], { cwd: folder });
  return folder;
}

async function start(t: TestContext, cwd: string, settings: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, ['api.mjs'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...settings },
  });
  const end = () => void child.kill('SIGKILL');
  const forget = killAtExit(end);
  t.after(() => {
    forget();
    end();
  });
  for await (const line of createInterface(child.stdout)) if (line === 'ready') return;
  assert.fail('the API has ended');
}
