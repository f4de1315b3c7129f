// `node bench/audit.ts [seconds]`: measures how much sealing the audit log slows down appending.
// Eight connections append as fast as they can, alternately without and with a concurrent sealer;
// then the chain is verified. Runs on its own PostgreSQL without fsync, so that the figures reflect
// locks and processors.
import { createKeyring } from '#platform/crypto/encryption.ts';
import { createLog } from '#platform/logging/log.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { createRequestOrigin } from '#platform/request/request-origin.ts';
import { createAuditChain } from '#core/audit/chain/audit-chain.service.ts';
import { createAuditHeads } from '#core/audit/chain/signed-heads.service.ts';
import { createAuditVerification } from '#core/audit/chain/verification.service.ts';
import { createAudit } from '#core/audit/audit.service.ts';
import { createSigningKeys } from '#core/keys/signing-keys.service.ts';
import { createAuditChainStore } from '#core/audit/chain/audit-chain.store.ts';
import { createAuditEventStore } from '#core/audit/audit-events.store.ts';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import { withServices } from './services.ts';
import { formatTable } from './table.ts';

const connections = 8;
const rounds = 3;
const now = () => new Date();

interface Figures {
  readonly appends: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

function openAudit(db: Database) {
  const keyring = createKeyring([{ id: 'bench', key: Buffer.alloc(32, 1) }]);
  const audit = createAudit({
    log: createLog({ level: 'error' }),
    events: createAuditEventStore(db),
    origin: createRequestOrigin(),
    now,
  });
  const keys = createSigningKeyStore(db);
  const signingKeys = createSigningKeys({ db, keys, keyring, audit, now });
  const heads = createAuditHeads({ signingKeys, issuer: 'https://id.example', now });
  const chain = createAuditChainStore(db);
  const sealing = createAuditChain({ db, chain, heads, log: createLog({ level: 'error' }) });
  return { audit, signingKeys, sealing, verification: createAuditVerification({ chain, heads }) };
}

type OpenAudit = ReturnType<typeof openAudit>;

async function appendFor({ audit }: OpenAudit, seconds: number): Promise<Figures> {
  const started = performance.now();
  const endsAt = started + seconds * 1000;
  const latencies: number[] = [];
  async function appendOn(): Promise<void> {
    while (performance.now() < endsAt) {
      const appended = performance.now();
      const userId = crypto.randomUUID();
      const actor = { kind: 'user', id: userId } as const;
      const personal = { address: '192.0.2.7', device: 'Mozilla/5.0 (X11; Linux x86_64)' };
      await audit.append({ event: 'sign_in.succeeded', actor, userId, personal });
      latencies.push(performance.now() - appended);
    }
  }
  await Promise.all(Array.from({ length: connections }, appendOn));
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    appends: latencies.length,
    perSecond: latencies.length / ((performance.now() - started) / 1000),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
}

/** Seals as a node does, on separate connections, until the work is done. */
async function whileSealing<T>(sealer: OpenAudit, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const sealing = sealer.sealing.runForever(stop.signal);
  try {
    return await work();
  } finally {
    stop.abort();
    await sealing;
  }
}

/** The best round, because the others were disturbed. */
function rowOf(name: string, rows: readonly Figures[]): readonly string[] {
  const [best] = rows.toSorted((a, b) => b.perSecond - a.perSecond);
  if (!best) return [name];
  return [name, String(best.appends), best.perSecond.toFixed(0), best.p99Ms.toFixed(1)];
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1000 };
}

const say = (text: string) => void process.stdout.write(`${text}\n`);
const seconds = Number(process.argv[2] ?? 5);

await withServices(say, async ({ createDatabase }, t) => {
  const url = await createDatabase();
  const log = createLog({ level: 'error' });
  const db = await connectPostgres({ url, log, poolSize: connections });
  const other = await connectPostgres({ url, log, poolSize: 2 });
  t.after(async () => void (await Promise.all([db.close(), other.close()])));
  await db.migrate();
  const appender = openAudit(db);
  const sealer = openAudit(other);
  await sealer.signingKeys.load();

  const alone: Figures[] = [];
  const beside: Figures[] = [];
  let sealed = { result: 0, seconds: 0 };
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await appendFor(appender, seconds));
    sealed = await timed(() => sealer.sealing.seal());
    beside.push(await whileSealing(sealer, () => appendFor(appender, seconds)));
  }
  await sealer.sealing.seal();
  const checked = await timed(() => sealer.verification.verify());

  say(`Appending on ${connections} connections, best of ${rounds} rounds of ${seconds} s\n`);
  const heading = ['sealer', 'appends', 'per second', 'p99 ms'];
  say(formatTable([heading, rowOf('none', alone), rowOf('concurrent', beside)]));
  const { entries, faultCount } = checked.result;
  say(`\nSealing alone: ${(sealed.result / sealed.seconds).toFixed(0)} entries/s`);
  say(`Verification: ${(entries / checked.seconds).toFixed(0)} entries/s, ${faultCount} faults`);
});
