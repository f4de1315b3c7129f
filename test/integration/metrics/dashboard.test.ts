// Every query of the dashboard returns data: a real Prometheus scrapes a real server with two worker
// processes, which has had some traffic.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
  type Shell,
} from '#test/support/cli/shell.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { createDataDirectory, redisUrl, type CleanUp } from '#test/support/services/databases.ts';
import { findPrometheus, startPrometheus } from '#test/support/services/prometheus.ts';

const found = findPrometheus();
const file = new URL('../../../deploy/grafana/dashboards/ostiary.json', import.meta.url);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const password = 'a long enough phrase';
const redirectUri = 'https://app.example/callback';
const secret = 'k'.repeat(42) + 'Q';

describe('the dashboard', () => {
  it('shows data in every panel', { skip: found ? false : 'no Prometheus' }, async (t) => {
    const works = closeInReverse(t);
    const server = await startWithWorkers(works);
    const { query } = await startPrometheus(works, found?.prometheus ?? '', [server.ops]);
    const { panels }: { panels: readonly Panel[] } = JSON.parse(await readFile(file, 'utf8'));
    const queries = panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ title, expression: withVariables(expr) })),
    );
    assert.ok(queries.length > 40, String(queries.length));

    let empty = queries;
    const startedAt = performance.now();
    while (empty.length > 0 && performance.now() - startedAt < 60_000) {
      await server.visit();
      const answers = await Promise.all(
        empty.map(async (each) => ({ each, values: await query(each.expression) })),
      );
      empty = answers.filter(({ values }) => !values.some(isNumber)).map(({ each }) => each);
      await pause(500);
    }

    assert.deepEqual(empty, []);
  });
});

/** A percentile of nothing is not a number. */
function isNumber(value: string): boolean {
  return Number.isFinite(Number(value));
}

function withVariables(expression: string): string {
  return expression
    .replaceAll('$job', 'ostiary')
    .replaceAll('$instance', '.*')
    .replaceAll('$__rate_interval', '30s');
}

async function startWithWorkers(t: CleanUp) {
  const [port = 0, opsPort = 0] = await findFreePorts(2);
  const settings = {
    NODE_ENV: 'test',
    PORT: String(port),
    OPS_PORT: String(opsPort),
    WORKERS: '2',
    RATE_LIMITS: 'off',
    OUTBOUND_ALLOW: '127.0.0.1',
    DATA_DIRECTORY: await createDataDirectory(t),
    DATABASE_URL: await createServerDatabase(t),
    REDIS_URL: redisUrl(),
  };
  await startServer(t, settings);
  const shell = await openShell(t, settings);
  const issuer = `http://localhost:${port}`;
  const send = createHttpClient(t, issuer, port);
  // Where nothing accepts a logout, so that the outbox also has failures.
  const sink = `http://127.0.0.1:${opsPort}/logout`;
  const shop = await createClient(shell, { ...browserApp, backchannel_logout_uri: sink });
  const service = await createClient(shell, serviceApp);
  const [rp, api] = await Promise.all([
    createRelyingParty({ issuer, send, app: shop }),
    createRelyingParty({ issuer, send, app: service }),
  ]);
  let visits = 0;

  async function block(id: string): Promise<void> {
    const parameters = { grant_type: 'client_credentials', resource: `${issuer}/auth/api` };
    const { body } = await api.token({ ...parameters, scope: 'users:write' });
    const answer = await send(`${issuer}/auth/api/v1/users/${id}/block`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${String(body['access_token'])}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ reason: 'a test' }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  return {
    ops: `127.0.0.1:${opsPort}`,
    /** Signs in, refreshes, and is blocked. */
    async visit(): Promise<void> {
      visits += 1;
      const email = `person-${visits}@example.com`;
      const id = await createPerson(shell, email);
      const login = await rp.login({ id, email, password }, offline);
      await rp.refresh(login.refreshToken);
      await block(id);
    },
  };
}

const browserApp = {
  client_id: 'shop',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  first_party: true,
};

const serviceApp = {
  client_id: 'service',
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
  scope: 'users:write',
};

async function createClient(
  shell: Shell,
  metadata: Readonly<Record<string, unknown>> & { client_id: string },
) {
  const client = { ...metadata, client_secret: secret };
  await shell.done(['client', 'create', '--metadata', '-', '--json'], JSON.stringify(client));
  const auth = oauth.ClientSecretBasic(secret);
  return { clientId: metadata.client_id, redirectUri, auth, metadata: {} };
}

async function createPerson(shell: Shell, email: string): Promise<string> {
  const args = ['user', 'create', '--email', email, '--password-stdin', '--verified', '--json'];
  return String((await shell.done(args, password)).json()['id']);
}
