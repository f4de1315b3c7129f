// Fills an empty database with users, sessions and audit events, to try Ostiary at its full size.
import { personalDigest } from '#core/audit/audit.service.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import { personalText } from '#core/audit/chain/audit-chain.ts';
import type { Services } from '#server/composition.ts';
import { fillings, type Filling, type Sizes } from './rows.ts';

type Say = (line: string) => void;

/** The first administrator, and the password of every user. */
export const seededAdmin = {
  email: 'admin@example.com',
  password: 'lantern copper walnut drizzle',
};

/** Rows per statement. */
const rowsTogether = 10_000;
/** Different addresses and devices in the audit log. */
const origins = 250;

/** @throws Error if the database already has users */
export async function fillDatabase(services: Services, sizes: Sizes, say: Say): Promise<void> {
  const { db, hasher, registration, roles, auditChain, signingKeys, now } = services;
  const { rows } = await db.knex.raw('select 1 from users limit 1');
  if (rows.length > 0) throw new Error('The database already has users. Choose an empty database.');
  const passwordHash = await hasher.hash(seededAdmin.password);
  for (const filling of fillings(sizes, { passwordHash, ...inventOrigins() })) {
    await fillTable((text, values) => db.run({ name: '', text }, values), filling);
    say(`${filling.table}: ${filling.count}`);
  }
  const admin = await registration.createByOperator({
    ...seededAdmin,
    claims: { name: 'Administrator' },
    emailVerified: true,
  });
  if (!admin.ok) throw new Error('The administrator was not created.');
  await roles.grant(admin.user.id, 'admin', now());
  say('Sealing the audit log ...');
  await signingKeys.load();
  await auditChain.seal();
  await db.knex.raw('analyze');
}

/** Inserts the rows in batches, so that each statement stays well below its timeout. */
export async function fillTable(
  run: (text: string, values: unknown[]) => Promise<unknown>,
  { text, values = [], count }: Filling,
): Promise<void> {
  for (let from = 1; from <= count; from += rowsTogether) {
    const to = Math.min(from + rowsTogether - 1, count);
    await run(text, [from, to, ...values]);
  }
}

function inventOrigins() {
  const personal = Array.from({ length: origins }, (_, number) => ({
    address: `198.51.100.${number}`,
    device: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    salt: randomToken(16),
  }));
  return { personal: personal.map(personalText), digests: personal.map(personalDigest) };
}
