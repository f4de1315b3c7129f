// The disk of PostgreSQL is full, and later has space again. Writes are refused meanwhile, and nothing needs
// manual repair.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Client } from 'pg';
import { offline } from '#test/support/data/outcomes.ts';
import { describeFault, isLong, until } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';
import {
  canCreateDisk,
  startSmallDiskPostgres,
  type SmallDiskPostgres,
} from '#test/support/services/small-disk-postgres.ts';

/** PostgreSQL may have to recover from a crash, and the first checkpoint takes a moment. */
const recoverySeconds = 60;

let disk: SmallDiskPostgres | undefined;

if (isLong && canCreateDisk()) {
  describeFault(
    'a full disk under PostgreSQL',
    {
      onlyLong: true,
      async openDatabase(t) {
        disk = await startSmallDiskPostgres(t);
        return disk.url;
      },
    },
    (rig) => {
      it('refuses writes with 503, and needs no repair when there is space again', async (t) => {
        assert.ok(disk);
        const small = disk;
        t.after(() => small.free());
        const load = await startLoad(t, rig());
        const rp = await rig().relyingParty();
        const login = await rig().login(rp, await rig().createUser(), offline);

        await small.fill();
        await useUpPages(small.url());
        await until(
          'refused',
          async () => {
            await load.rounds(1);
            return load.ledger.count(503) > 0;
          },
          recoverySeconds,
        );
        await until('not ready', async () => {
          await load.rounds(1);
          return (await rig().statusOf(rig().at(0), '/health/ready')) === 503;
        });
        assert.equal(await rig().statusOf(rig().at(0), '/health/live'), 200);
        assert.equal(await rig().statusOf(rig().at(0), '/oauth2/jwks'), 200);

        await small.free();
        await until(
          'works again',
          async () => (await rp.tryRefresh(login.refreshToken)).status === 200,
          recoverySeconds,
        );
        await load.settle();
        t.diagnostic(`${load.ledger.count(503)} requests were refused while the disk was full`);
      });
    },
  );
} else {
  // Creating a disk needs rights that a run may not have.
  const skip = 'runs with "npm run test:faults", as root on Linux';
  it('a full disk under PostgreSQL', { skip });
}

/** Rows of aborted transactions fill the space left in existing pages. */
async function useUpPages(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const insert = `
    insert into audit_events (id, at, event, actor_kind)
    select gen_random_uuid(), now(), 'filler', 'system' from generate_series(1, 100000)`;
  await assert.rejects(client.query(insert), /No space left|terminat|recovery|starting up/);
  await client.end().catch(() => undefined);
}
