// The flows of users and clients on PostgreSQL with Patroni and on Redis Cluster: the same tests as on one server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { startPatroni } from './patroni.ts';
import { startRedisCluster } from './redis-groups.ts';

const root = new URL('../../', import.meta.url).pathname;
/** Tests that use every kind of short-lived data and every statement of the flows. */
const flows = [
  'test/integration/sign-in/{sign-in,email-sign-in,throttling}.test.ts',
  'test/integration/authorization/{code-flow,prompts,pushed-requests,request-objects}.test.ts',
  'test/integration/tokens/{client-credentials,code-redemption,introspection,refresh-rotation,refresh-reuse}.test.ts',
  'test/integration/tokens/{revocation,session-bound-tokens}.test.ts',
  'test/integration/client-authentication/client-*.test.ts',
  'test/integration/consent/*.test.ts',
  'test/integration/logout/*.test.ts',
  'test/integration/mfa/*.test.ts',
  'test/integration/nodes/{client-assertions,code-redemption,mfa,passkeys,refresh-rotation,email-tokens}.test.ts',
  'test/integration/revocation/{blocked-users,global-token-revocation,writes-after-revocation}.test.ts',
];
/** On an idle machine, it takes a third of that. */
const limitMs = 90 * 60_000;

it('flows work on several servers as they do on one', { timeout: limitMs }, async (t) => {
  const { adminUrl } = await startPatroni(t);
  const { url } = await startRedisCluster(t);

  const args = ['test/run.ts', '--results', 'ha-flows-on-groups', ...flows];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      TEST_DATABASE_URL: adminUrl,
      TEST_REDIS_URL: url,
      // Fourteen servers share the machine with the tests, and a commit waits for two of them.
      TEST_CONCURRENCY: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => void child.kill('SIGTERM'));
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const [code]: unknown[] = await once(child, 'exit');

  const failures = output.slice(Math.max(0, output.indexOf('failing tests')));
  assert.equal(code, 0, failures.slice(0, 20_000));
  t.diagnostic(output.trim().split('\n').at(-1) ?? '');
});
