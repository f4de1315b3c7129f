// A few users who continuously sign in, refresh, introspect and revoke at all nodes in turn. What
// is acknowledged to them is recorded in the ledger.
import { setTimeout as pause } from 'node:timers/promises';
import type { CleanUp } from '#test/support/services/databases.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { FaultRig } from './fault-suite.ts';
import { createLedger, type Family, type Ledger } from './history.ts';

/** Pause between two rounds of one user: the load is steady and light. */
const pauseMilliseconds = 50;
/** Every so many rounds the client revokes its access token. */
const roundsPerRevocation = 4;

export type Load = Awaited<ReturnType<typeof startLoad>>;

interface Visitor {
  readonly person: Person;
  family: Family | undefined;
  rounds: number;
}

export async function startLoad(t: CleanUp, rig: FaultRig, { people = 3 } = {}) {
  const plain = await rig.relyingParty();
  const apps: RelyingParty[] = [];
  const ledger = createLedger({ apps, sql: rig.sql });
  for (const { send } of rig.nodes) apps.push(await plain.through(ledger.observe(send)));
  const visitors: Visitor[] = [];
  for (let count = 0; count < people; count += 1) {
    visitors.push({ person: await rig.createUser(), family: undefined, rounds: 0 });
  }
  const over = new AbortController();
  const running = visitors.map((visitor, number) => visit(visitor, number));

  async function visit(visitor: Visitor, number: number): Promise<void> {
    while (!over.signal.aborted) {
      const app = apps[(visitor.rounds + number) % apps.length];
      if (app) await round(app, visitor, ledger).catch(() => undefined);
      visitor.rounds += 1;
      await pause(pauseMilliseconds);
    }
  }

  async function stop(): Promise<void> {
    over.abort();
    await Promise.all(running);
  }

  t.after(stop);
  const load = {
    ledger,
    stop,
    /** Resolves when every user has completed this many further rounds. */
    async rounds(count: number): Promise<void> {
      const goals = visitors.map((visitor) => visitor.rounds + count);
      while (visitors.some((visitor, index) => visitor.rounds < (goals[index] ?? 0))) {
        await pause(pauseMilliseconds);
      }
    },
    /** Ends the load, waits for recovery, and checks the ledger. */
    async settle(): Promise<void> {
      await rig.recovers();
      await load.rounds(3);
      await stop();
      await ledger.verify();
    },
  };
  await load.rounds(2);
  return load;
}

/** A failed or refused request is repeated in the next round with the same tokens. */
async function round(app: RelyingParty, visitor: Visitor, ledger: Ledger): Promise<void> {
  const { family } = visitor;
  if (!family) {
    visitor.family = await signIn(app, visitor.person, ledger);
    return;
  }
  const refreshed = await app.tryRefresh(family.refreshToken);
  if (refreshed.status === 200) ledger.rotated(family, refreshed.body);
  if (refreshed.status === 400) {
    ledger.lost(family, refreshed.text);
    visitor.family = undefined;
    return;
  }
  await app.introspect(family.accessToken);
  await app.tryUserinfo(family.accessToken);
  if (visitor.rounds % roundsPerRevocation !== 0) return;
  const token = family.accessToken;
  if ((await app.revoke(token)).status === 200) ledger.revoked(token);
}

async function signIn(app: RelyingParty, person: Person, ledger: Ledger): Promise<Family> {
  const code = await app.authorize(person, offline);
  const { accessToken, refreshToken } = await app.exchange(code);
  const personId = person.id;
  const { browser } = code;
  const family: Family = { personId, browser, code, accessToken, refreshToken, spent: [] };
  ledger.signedIn(family);
  return family;
}
