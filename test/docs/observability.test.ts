// The commands of docs/observability.md work as printed, apart from ports and ids. Those of Prometheus are
// run by test/integration/metrics/alert-rules.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { createDataDirectory, redisUrl } from '#test/support/services/databases.ts';
import { createServerDatabase } from '#test/support/cli/shell.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { until } from '#test/support/faults/fault-suite.ts';

const page = 'docs/observability.md';

async function commandsOf(heading: string): Promise<readonly string[]> {
  const blocks = await readSection(page, heading);
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'));
}

describe('docs/observability.md', () => {
  it('reads metrics, and changes the log level of a running server', async (t) => {
    const [port = 0, opsPort = 0] = await findFreePorts(2);
    const settings = {
      PORT: String(port),
      DATA_DIRECTORY: await createDataDirectory(t),
      DATABASE_URL: await createServerDatabase(t),
      REDIS_URL: redisUrl(),
      WORKERS: '1',
      LOG_LEVEL: 'silent',
    };
    const places = { '9464': String(opsPort), 'ostiary log': 'npx ostiary log' };
    const desk = await openDesk(t, { settings, places });
    const [serve = '', read = ''] = await commandsOf('Metrics');
    const server = desk.start(serve);
    await until('ready', async () => (await server.line()).includes('is ready'), 60);

    assert.match(await desk.run(read), /^ostiary_build_info\{/m);

    const [forAll = '', ...others] = (await commandsOf('Logs')).filter((line) =>
      line.startsWith('ostiary log'),
    );
    const [forUser = '', forClient = '', forRoute = '', show = '', reset = ''] = others;
    const password = 'seven grey herons at noon\n';
    const user = await desk.run(
      'npx ostiary user create --email ann@example.com --password-stdin --json',
      password,
    );
    const client = await desk.run(
      'npx ostiary client create --type web --name Notes --redirect-uri http://localhost:3000/cb --json',
    );
    const { id }: { id: string } = JSON.parse(user);
    const { client_id: clientId }: { client_id: string } = JSON.parse(client);
    for (const change of [
      forAll,
      forUser.replace(/--user .*/, `--user ${id}`),
      forClient.replace(/--client .*/, `--client ${clientId}`),
      forRoute,
    ]) {
      assert.match(await desk.run(change), /^Every node follows within a second\./, change);
    }
    assert.match(await desk.run(show), /^route +POST \/oauth2\/token$/m);
    assert.match(await desk.run(reset), /^The level of the log is the usual one\./);
  });
});
