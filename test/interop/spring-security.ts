// Spring Security in Spring Boot (Maven), as a client and as a resource server for JWT access
// tokens.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { textOf, type Client } from './provider.ts';
import type { Place, RelyingParty, Trial } from './relying-party.ts';
import { versions } from './versions.ts';
import { driveWebApp } from './web-app.ts';

const audience = 'https://spring-api.example.com';
/** Without the second option, the JVM leaves a file in the temporary directory of the system. */
const quiet = ['-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

export const springSecurity: RelyingParty = {
  name: 'Spring Boot',
  needs: ['maven'],

  async install({ directory, processes }: Place) {
    const version = versions['spring-boot'];
    await cp(join(import.meta.dirname, 'spring-security'), directory, { recursive: true });
    const goals = ['-q', '-B', '-DskipTests', `-Dspring-boot.version=${version}`, 'package'];
    const env = { MAVEN_OPTS: [...quiet, temporaryFolder(directory)].join(' ') };
    await processes.run('mvn', goals, { cwd: directory, env });
    return version;
  },

  async drive(trial) {
    const [port = 0] = await findFreePorts(1);
    const url = `http://127.0.0.1:${port}`;
    await trial.provider.createApi(audience);
    const client = await trial.provider.createClient('spring', {
      redirect_uris: [`${url}/login/oauth2/code/ostiary`],
      post_logout_redirect_uris: [`${url}/`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    const output = startApp(trial, client, port);
    await driveWebApp(trial, { url, output, routes: { signIn: '/oauth2/authorization/ostiary' } });
    await callApi(trial, client, url);
  },
};

function startApp({ directory, processes, provider }: Trial, client: Client, port: number) {
  const jar = join(directory, 'target/app.jar');
  return processes.start('java', [...quiet, temporaryFolder(directory), '-jar', jar], {
    env: {
      ISSUER: provider.issuer,
      CLIENT_ID: client.clientId,
      CLIENT_SECRET: client.clientSecret,
      APP_PORT: String(port),
      AUDIENCE: audience,
    },
  });
}

/** Spring validates the token locally (RFC 9068). */
async function callApi({ provider, passed }: Trial, client: Client, url: string): Promise<void> {
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  const answer = await fetch(`${provider.issuer}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: audience,
      scope: 'tasks:read',
    }),
  });
  const token = textOf(await answer.json(), 'access_token');
  assert.equal(await statusOf(url, token), 200);
  assert.equal(await statusOf(url, `${token.slice(0, -8)}AAAAAAAA`), 401);
  passed('JWT access token');
  passed('tampered token refused');
}

async function statusOf(url: string, token: string): Promise<number> {
  const answer = await fetch(`${url}/api`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

function temporaryFolder(directory: string): string {
  return `-Djava.io.tmpdir=${join(directory, 'tmp')}`;
}
