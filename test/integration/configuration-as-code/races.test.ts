// Two configuration files at the same time, and a file while a command changes the same object. Each `apply`
// has its own connections, as a separate process would.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { exitCodes, rowOf } from '#test/support/cli/races.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { inLine } from '#test/support/services/row-locks.ts';

const uri = 'https://app.example/callback';

describeNodes('a configuration file', {}, (nodes) => {
  it('is applied once when two processes apply it', async () => {
    const path = await fileWith({
      roles: { first: {}, second: {} },
      groups: { Team: { roles: ['first'] } },
    });

    const ran = await inLine(
      nodes(),
      (tx) => tx.raw('lock table roles in share row exclusive mode'),
      [() => run(nodes(), 'apply', path), () => run(nodes(), 'apply', path)],
    );

    assert.deepEqual(exitCodes(ran), [0, 4]);
    const refused = ran.find(({ exitCode }) => exitCode === 4);
    assert.match(refused?.err ?? '', /changed at the same time\. Nothing was written/);
    assert.equal((await run(nodes(), 'apply', path, '--plan')).exitCode, 0);
    const events = await nodes().services.db.knex('audit_events').where({ event: 'role.created' });
    assert.equal(events.length, 2);
  });

  it('writes nothing when a client was changed since it was read', async () => {
    await create(nodes(), 'raced');
    const path = await fileWith({
      roles: { third: {} },
      clients: { raced: { redirect_uris: [uri], client_name: 'From the file' } },
    });

    const ran = await inLine(nodes(), rowOf('clients', { client_id: 'raced' }), [
      () => run(nodes(), 'client', 'update', 'raced', '--name', 'From the command'),
      () => run(nodes(), 'apply', path),
    ]);

    assert.deepEqual(
      ran.map(({ exitCode }) => exitCode),
      [0, 4],
    );
    const { services } = nodes();
    assert.equal(
      (await services.clientStore.find('raced'))?.metadata['client_name'],
      'From the command',
    );
    assert.equal(await services.roleDefinitions.find('third'), undefined);
  });

  it('refuses a command that read the client before', async () => {
    await create(nodes(), 'late');
    const path = await fileWith({
      clients: { late: { redirect_uris: [uri], client_name: 'File' } },
    });

    const ran = await inLine(nodes(), rowOf('clients', { client_id: 'late' }), [
      () => run(nodes(), 'apply', path),
      () => run(nodes(), 'client', 'update', 'late', '--name', 'Command'),
    ]);

    assert.deepEqual(
      ran.map(({ exitCode }) => exitCode),
      [0, 4],
    );
    const stored = await nodes().services.clientStore.find('late');
    assert.equal(stored?.metadata['client_name'], 'File');
  });
});

function run(nodes: Nodes, ...args: readonly string[]) {
  return createCommandRunner(nodes.services).run(args);
}

async function create(nodes: Nodes, clientId: string): Promise<void> {
  const metadata = JSON.stringify({ client_id: clientId, redirect_uris: [uri] });
  const { done } = createCommandRunner(nodes.services);
  await done(['client', 'create', '--metadata', '-'], metadata);
}

async function fileWith(sections: object): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ostiary-race-')), 'ostiary.yaml');
  await writeFile(path, JSON.stringify({ version: 1, ...sections }));
  return path;
}
