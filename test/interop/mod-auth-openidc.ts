// Apache with mod_auth_openidc from the Debian packages.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForHttp } from './ports.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { apacheModules, apacheProgram } from './programs.ts';
import type { Place, RelyingParty, Trial } from './relying-party.ts';
import { createVisitor } from './visitor.ts';
import { claimsOf, driveWebApp } from './web-app.ts';

const sources = join(import.meta.dirname, 'mod-auth-openidc');
const keptCharacters = 1_500;
const debianPackage = 'libapache2-mod-auth-openidc';

export const modAuthOpenidc: RelyingParty = {
  name: 'mod_auth_openidc',
  needs: ['apache'],

  async install({ directory, processes }: Place) {
    // The worker processes of Apache run as another user, who must be able to read the pages.
    await chmod(directory, 0o711);
    for (const name of ['sign-in', '.']) {
      const folder = join(directory, 'pages', name);
      await mkdir(folder, { recursive: true });
      await cp(join(sources, 'index.txt'), join(folder, 'index.txt'));
    }
    const format = '-f=${Version}';
    const version = await processes.run('dpkg-query', ['-W', format, debianPackage]);
    return version.replace(/-.*/, '');
  },

  async drive(trial) {
    const [port = 0] = await findFreePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const output = await startApache(trial, url);
    const home = encodeURIComponent(`${url}/`);
    const routes = {
      signIn: '/sign-in/',
      // The module requests userinfo by itself and merges its claims with those of the ID token.
      userinfo: '/',
      refresh: undefined,
      signOut: `/callback?logout=${home}`,
    };
    await refresh(trial, url);
    await driveWebApp(trial, { url, output, routes });
  },
};

async function startApache(trial: Trial, url: string): Promise<() => string> {
  const { directory, processes, provider } = trial;
  const client = await provider.createClient('mod_auth_openidc', {
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
  });
  const values: Readonly<Record<string, string>> = {
    DIRECTORY: directory,
    MODULES: apacheModules,
    PORT: new URL(url).port,
    ISSUER: provider.issuer,
    CLIENT_ID: client.clientId,
    CLIENT_SECRET: client.clientSecret,
    APP_URL: url,
    PASSPHRASE: randomBytes(24).toString('base64url'),
  };
  const template = await readFile(join(sources, 'httpd.conf'), 'utf8');
  const filled = template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => values[name] ?? '');
  const path = join(directory, 'httpd.conf');
  await writeFile(path, filled);
  const output = processes.start(apacheProgram, ['-X', '-f', path]);
  const both = () => `${output()} ${readLog(join(directory, 'error.log'))}`;
  await waitForHttp(new URL(url), both);
  return both;
}

function readLog(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-keptCharacters) : '';
}

/**
 * The module's hook for pages whose access token is about to expire, which requires that token as
 * a parameter.
 */
async function refresh(trial: Trial, url: string): Promise<void> {
  const visitor = createVisitor(trial.closing, trial.provider.issuer, url);
  const before = claimsOf(await visitor.signInAt('/sign-in/', trial.user))['access_token'];
  const hook = new URL('/callback', url);
  hook.searchParams.set('refresh', `${url}/`);
  hook.searchParams.set('access_token', String(before));
  const after = claimsOf(await visitor.app(hook.href))['access_token'];
  assert.notEqual(after, before);
  trial.passed('refresh');
}
