// Checks the image without Docker: its instructions match the tested program, and its files are
// sufficient to run the server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { allSettings } from '#config/settings.ts';
import { createDatabase, redisUrl } from '#test/support/services/databases.ts';
import {
  environmentOf,
  execForm,
  readContext,
  readDockerfile,
  textsOf,
} from '#test/support/docs/dockerfile.ts';
import { exitOf, layOut, readable, startAlive } from '#test/support/docs/container-image.ts';
import { findFreePort, findFreePorts } from '#test/support/services/free-ports.ts';

const root = join(import.meta.dirname, '../..');
const known = new Set<string>(allSettings.map(({ setting }) => setting.name));

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

async function readManifest(): Promise<Manifest> {
  // The file is trusted; a missing member fails the test that needs it.
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
}

describe('container image', () => {
  it('starts like npm start', async () => {
    const { scripts } = await readManifest();

    assert.deepEqual(execForm(textsOf('CMD').join()), scripts['start']?.split(' '));
    assert.deepEqual(textsOf('ENTRYPOINT'), []);
  });

  it('installs packages by npm ci only, builds the program, and adds the command line and a directory for data', () => {
    const steps = textsOf('RUN').flatMap((text) => text.split(' && '));

    assert.deepEqual(steps, [
      'npm ci --omit=dev',
      'rm -rf node_modules/node-linux-* node_modules/.bin/node',
      'npm ci',
      'node deploy/package/build.ts',
      'ln -s /app/bin/ostiary.mjs /usr/local/bin/ostiary',
      'install -d -o node -g node -m 700 /data',
    ]);
  });

  it('has the command line on the PATH, started with Node.js by its first line', async () => {
    const [shebang] = (await readFile(join(root, 'bin/ostiary.mjs'), 'utf8')).split('\n', 1);
    const directory = await mkdtemp(join(tmpdir(), 'ostiary-path-'));
    const path = join(directory, 'ostiary');
    await symlink(join(root, 'bin/ostiary.mjs'), path);

    const command = spawn(path, ['--version'], {
      env: { PATH: dirname(process.execPath) + ':/usr/bin:/bin' },
    });
    const [code]: unknown[] = await once(command, 'exit');
    await rm(directory, { recursive: true });

    assert.match(shebang ?? '', /^#!\/usr\/bin\/env -S node /);
    assert.equal(code, 0);
  });

  it('listens on all interfaces and shows its development pages with the command of the README', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [command = ''] = /^docker run .*$/m.exec(readme) ?? [];
    const given = [...command.matchAll(/-e (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);

    const config = readConfig({ ...environmentOf(textsOf('ENV')), ...Object.fromEntries(given) });

    assert.match(command, / -p 127\.0\.0\.1:3000:3000 /);
    assert.equal(config.host, '0.0.0.0');
    assert.equal(config.issuer, 'http://localhost:3000');
    assert.equal(config.developmentPages, true);
  });

  it('writes its data in development to the directory of the server', async (t) => {
    const image = await layOut(t);
    const data = await mkdtemp(join(tmpdir(), 'ostiary-data-'));
    t.after(() => rm(data, { recursive: true, force: true }));
    const port = await findFreePort();
    const development = { NODE_ENV: 'development', DEVELOPMENT_PAGES: 'on', HOST: '127.0.0.1' };
    const env = { ...environmentOf(textsOf('ENV')), ...development, LOG_LEVEL: 'silent' };

    await startAlive(t, image, { ...env, PORT: String(port), DATA_DIRECTORY: data });
    const playground = await fetch(`http://localhost:${port}/auth/playground`);

    assert.equal(playground.status, 200);
    assert.ok((await readdir(data)).length > 0);
  });

  it('has the Node.js version of optionalDependencies, pinned exactly', async () => {
    const { optionalDependencies } = await readManifest();
    const images = new Set(textsOf('FROM').map((text) => text.split(' ')[0]));
    const versions = new Set(Object.values(optionalDependencies));

    assert.deepEqual(
      [...images],
      [...versions].map((version) => `node:${version}-bookworm-slim`),
    );
  });

  it('runs as a user who cannot write its files', () => {
    const names = readDockerfile().map(({ name }) => name);

    assert.deepEqual(textsOf('USER'), ['node']);
    assert.ok(names.lastIndexOf('COPY') < names.indexOf('USER'));
    assert.ok(textsOf('COPY').every((text) => !text.includes('--chown')));
  });

  it('sets only existing settings', () => {
    const unknown = Object.keys(environmentOf(textsOf('ENV'))).filter((name) => !known.has(name));

    assert.deepEqual(unknown, []);
  });

  it('is stopped by a signal that the server handles', async () => {
    const serve = await readFile(join(root, 'src/server/serve.ts'), 'utf8');

    assert.deepEqual(textsOf('STOPSIGNAL'), ['SIGTERM']);
    assert.match(serve, /'SIGTERM'/);
  });

  it('contains no tests, no secrets and no missing files', async () => {
    const context = readContext();
    const found = await Promise.all(context.map((name) => readable(join(root, name))));

    assert.deepEqual(
      context.filter((_, position) => !found[position]),
      [],
    );
    assert.deepEqual(
      context.filter((name) => /^(test|\.env|\.git|node_modules)/.test(name)),
      [],
    );
  });

  it('runs with its files only, passes the health check, serves metrics, and shuts down gracefully', async (t) => {
    const image = await layOut(t);
    const [port = 0, opsPort = 0] = await findFreePorts(2);
    const env = {
      ...environmentOf(textsOf('ENV')),
      ...clusterSettings,
      PORT: String(port),
      OPS_PORT: String(opsPort),
      // The same database URL in the form that DATABASE_URL requires.
      DATABASE_URL: (await createDatabase(t)).replace(
        /^(\w+:\/\/)(\w+)@\/([^?]*)\?/,
        '$1/$3?user=$2&',
      ),
      REDIS_URL: redisUrl(),
    };

    const server = await startAlive(t, image, env);
    const metrics = await fetch(`http://127.0.0.1:${opsPort}/metrics`);
    server.kill('SIGTERM');
    const exit = server.exitCode ?? (await exitOf(server));

    assert.match(await metrics.text(), /^ostiary_build_info\{/m);
    assert.equal(exit, 0);
  });
});

/** Settings of an operator; a proxy serves the issuer over TLS. */
const clusterSettings = {
  ISSUER: 'https://id.example.com',
  HOST: '127.0.0.1',
  WORKERS: '2',
  LOG_LEVEL: 'silent',
  ENCRYPTION_KEYS: `test:${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`,
  COOKIE_KEYS: Buffer.from('vutsrqponmlkjihgfedcba9876543210').toString('base64url'),
};
