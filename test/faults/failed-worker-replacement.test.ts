// A node with several workers receives SIGHUP, and a new worker does not start: the old ones keep serving,
// and the next SIGHUP succeeds once the cause is removed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cheapSettings, collectWorks } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { isLong, until } from '#test/support/faults/fault-suite.ts';
import { startNodes, type Nodes } from '#test/support/faults/nodes.ts';
import { startRefreshing } from '#test/support/faults/refresh-load.ts';
import { workersOf } from '#test/support/faults/worker-processes.ts';
import { createDirectory } from '#test/support/services/databases.ts';

const workers = 2;
const seconds = 90;
const preload = new URL('../support/faults/stalled-worker.ts', import.meta.url).href;
const keys = cheapSettings['ENCRYPTION_KEYS'] ?? '';

const faults: readonly {
  readonly what: string;
  readonly file: 'keys' | 'stall';
  readonly content: string;
  readonly isSlow?: true;
}[] = [
  { what: 'a setting in a file is invalid', file: 'keys', content: 'not a key' },
  {
    what: 'a key is missing that the database needs',
    file: 'keys',
    content: `other:${randomBytes(32).toString('base64')}`,
  },
  { what: 'it hangs', file: 'stall', content: 'yes', isSlow: true },
];

describe('SIGHUP when a new worker does not start', () => {
  const works = collectWorks();
  let nodes: Nodes;
  let files: Readonly<Record<'keys' | 'stall', string>>;
  before(async () => {
    const directory = await createDirectory(works);
    files = { keys: join(directory, 'encryption-keys'), stall: join(directory, 'stall') };
    await writeFile(files.keys, keys);
    await writeFile(files.stall, '');
    nodes = await startNodes(works, {
      count: 1,
      settings: {
        WORKERS: String(workers),
        LOG_LEVEL: 'info',
        STOP_SECONDS: '5',
        ENCRYPTION_KEYS: '',
        ENCRYPTION_KEYS_FILE: files.keys,
        NODE_OPTIONS: `--import=${preload}`,
        STALL_FILE: files.stall,
      },
    });
  });
  after(works.run);

  for (const { what, file, content, isSlow } of faults) {
    it(`keeps the old workers: ${what}`, { skip: isSlow && !isLong }, async (t) => {
      const node = nodes.at(0);
      const rp = await nodes.relyingParty();
      const logins = [await rp.login(await nodes.createUser(), offline)];
      const load = await startRefreshing(t, nodes, { rp, logins });
      const former = workersOf(node.pid());
      const logged = node.log().length;
      const reports = (event: string) => async () => node.log().slice(logged).includes(event);

      await writeFile(files[file], content);
      process.kill(node.pid(), 'SIGHUP');
      await until('given up', reports('"workers.kept"'), seconds);

      assert.deepEqual(workersOf(node.pid()), former);
      await load.everywhere();
      assert.equal((await node.send(`${nodes.issuer}/health/ready`)).status, 200);

      await writeFile(files[file], file === 'keys' ? keys : '');
      process.kill(node.pid(), 'SIGHUP');
      await until('replaced', reports('"workers.replaced"'), seconds);

      await load.everywhere();
      await load.stop();
      assert.deepEqual(load.failures, []);
      const current = workersOf(node.pid());
      assert.equal(current.length, workers);
      assert.ok(current.every((pid) => !former.includes(pid)));
      assert.doesNotMatch(node.log(), /worker\.ended/);
    });
  }
});
