// Rotates the signing keys: as planned, step by step when a step is due, or all at once in an
// emergency (decision 0039). Every node may run this; each step happens once, because it is decided on
// rows that its transaction has locked.
import type { Knex } from 'knex';
import { setTimeout as pause } from 'node:timers/promises';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import { systemActor, type AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { SigningKeySet } from '#core/keys/signing-key-set.service.ts';
import {
  chooseAlgorithms,
  keysOf,
  retiringMilliseconds,
  stepsDue,
  type RotationPolicy,
  type RotationStep,
  type SigningAlgorithm,
  type SigningKeyState,
} from '#core/keys/signing-keys.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { SigningKeyStore, StoredSigningKey } from '#core/keys/signing-keys.store.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';

const intervalMilliseconds = 2000;

export interface KeyRotationDependencies {
  readonly db: Database;
  readonly signingKeyStore: SigningKeyStore;
  readonly signingKeys: SigningKeys;
  readonly signingKeySet: SigningKeySet;
  readonly policy: RotationPolicy;
  /** The algorithms in use; keys of other algorithms are only retired. */
  readonly algorithms: readonly SigningAlgorithm[];
  readonly rank: Rank;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly log: Log;
  readonly now: () => Date;
}

export function createKeyRotation(dependencies: KeyRotationDependencies) {
  const { db, signingKeyStore: keys, policy, rank, approvals, log, now } = dependencies;

  async function runDue(): Promise<number> {
    const due = stepsDue(await keys.listStates(), policy, now());
    if (due.length === 0) return 0;
    const fresh = await generateFor(dependencies, due);
    const count = await db.transaction(async (tx) => {
      const still = stepsDue(await keys.lock(tx), policy, now());
      let done = 0;
      for (const step of still) done += Number(await takeStep(dependencies, step, fresh, tx));
      return done;
    });
    if (count > 0) await publishChange(dependencies);
    return count;
  }

  return {
    policy,
    /**
     * Takes the steps of planned rotations that are due.
     * @returns the number of steps that this caller took; other nodes may have taken others
     */
    runDue,
    /** Runs until the signal. A failure is logged and retried. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        await pause(intervalMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
        if (signal.aborted) return;
        await runDue().catch((err: unknown) =>
          log.warn({ event: 'key.rotation_failed', err }, 'rotating the signing keys failed'),
        );
      }
    },
    /** Publishes successors of all keys, or of those for these algorithms, which sign after the lead time. */
    async begin(by: AuditActor, algorithms: readonly string[] = []) {
      const chosen = chooseAlgorithms(dependencies.algorithms, algorithms);
      const fresh = await generateAll(dependencies, chosen);
      await db.transaction(async (tx) => {
        await rank.prove(by, {}, tx);
        const locked = await keys.lock(tx);
        for (const key of fresh.values()) {
          if (keysOf(locked, key.alg).next) continue;
          if (await keys.insertNext(key, tx)) await note(dependencies, 'key.created', key, by, tx);
        }
      });
      await publishChange(dependencies);
      return keys.listStates();
    },
    /**
     * Replaces every key at once. Signatures by earlier keys are no longer accepted.
     * @throws ApprovalPending; AppError `conflict` when the keys were rotated at the same time
     */
    async replaceAll(by: AuditActor): Promise<readonly SigningKeyState[]> {
      await approvals.require({ act: 'keys.rotate', by });
      return replaceAll(dependencies, by);
    },
    /**
     * Retires and revokes one key that does not sign.
     * @throws AppError `not_found`, `conflict` for an active or retired key, `forbidden` when
     * replacing keys needs an approval
     */
    async retire(kid: string, by: AuditActor): Promise<SigningKeyState> {
      if (approvals.isRequired('keys.rotate') && by.claim === undefined) {
        const message = 'Revoking a key needs the approval of a second administrator here.';
        throw new AppError('forbidden', `${message} Replace all keys instead.`);
      }
      await retireOne(dependencies, kid, by);
      await publishChange(dependencies);
      return requireKey(await keys.listStates(), kid);
    },
  };
}

export type KeyRotation = ReturnType<typeof createKeyRotation>;

type FreshKeys = ReadonlyMap<string, StoredSigningKey>;

async function generateAll(
  { signingKeys }: KeyRotationDependencies,
  algorithms: readonly SigningAlgorithm[],
): Promise<FreshKeys> {
  const made = await Promise.all(algorithms.map((alg) => signingKeys.generate(alg)));
  return new Map(made.map((key) => [key.alg, key]));
}

/** Before the transaction, because generating an RSA key takes long. */
function generateFor(
  dependencies: KeyRotationDependencies,
  steps: readonly RotationStep[],
): Promise<FreshKeys> {
  const algorithms = steps.flatMap((step) => (step.kind === 'publish' ? [step.alg] : []));
  return generateAll(dependencies, algorithms);
}

/** @returns false when the step cannot be taken now; a later run takes it */
async function takeStep(
  dependencies: KeyRotationDependencies,
  step: RotationStep,
  fresh: FreshKeys,
  tx: Knex,
): Promise<boolean> {
  const { signingKeyStore: keys, now } = dependencies;
  const at = now();
  if (step.kind === 'publish') {
    const key = fresh.get(step.alg);
    if (!key || !(await keys.insertNext(key, tx))) return false;
    await note(dependencies, 'key.created', key, systemActor, tx);
    return true;
  }
  if (step.kind === 'retire') {
    const end = { kids: [step.kid], at, isRevoked: false };
    if ((await keys.retire(end, tx)) !== 1) return false;
    await note(dependencies, 'key.retired', step, systemActor, tx);
    return true;
  }
  const until = new Date(at.getTime() + retiringMilliseconds);
  const isReplaced = await keys.beginRetirement(step.replaces, until, tx);
  if (isReplaced && (await keys.activate(step.kid, at, tx))) {
    await note(dependencies, 'key.activated', step, systemActor, tx);
    return true;
  }
  // Both or neither: an algorithm without an active key could not sign.
  throw new AppError('conflict', 'The signing keys were changed at the same time.');
}

async function replaceAll(
  dependencies: KeyRotationDependencies,
  by: AuditActor,
): Promise<readonly SigningKeyState[]> {
  const { db, signingKeyStore: keys, rank, now } = dependencies;
  const seen = activeIds(await keys.listStates());
  const fresh = await generateAll(dependencies, dependencies.algorithms);
  await db.transaction(async (tx) => {
    await rank.prove(by, {}, tx);
    const locked = await keys.lock(tx);
    if (activeIds(locked) !== seen) {
      const message = 'The signing keys were rotated at the same time. List them and try again.';
      throw new AppError('conflict', message);
    }
    await keys.retire({ kids: locked.map(({ kid }) => kid), at: now(), isRevoked: true }, tx);
    for (const key of locked) await note(dependencies, 'key.revoked', key, by, tx);
    for (const key of fresh.values()) {
      // Another node that starts may create one at the same time; the unique index lets one of them succeed.
      if (!(await keys.insertIfNoneActive(key, tx))) {
        throw new AppError('conflict', 'Another process created a signing key at the same time.');
      }
      await note(dependencies, 'key.created', key, by, tx);
    }
  });
  await publishChange(dependencies);
  return keys.listStates();
}

async function retireOne(
  dependencies: KeyRotationDependencies,
  kid: string,
  by: AuditActor,
): Promise<void> {
  const { db, signingKeyStore: keys, rank, now } = dependencies;
  requireKey(await keys.listStates(), kid);
  await db.transaction(async (tx) => {
    await rank.prove(by, {}, tx);
    const key = (await keys.lock(tx)).find((each) => each.kid === kid);
    if (!key) throw new AppError('conflict', 'This key is retired already.');
    if (key.status === 'active') {
      const message = `This is the only key that signs ${key.alg}.`;
      throw new AppError('conflict', `${message} Rotate the keys instead.`);
    }
    await keys.retire({ kids: [kid], at: now(), isRevoked: true }, tx);
    await note(dependencies, 'key.revoked', key, by, tx);
  });
}

function activeIds(keys: readonly SigningKeyState[]): string {
  const active = keys.filter(({ status }) => status === 'active');
  return active
    .map(({ kid }) => kid)
    .toSorted()
    .join();
}

function requireKey(keys: readonly SigningKeyState[], kid: string): SigningKeyState {
  const key = keys.find((each) => each.kid === kid);
  if (key) return key;
  throw new AppError('not_found', 'There is no signing key with this id.');
}

async function note(
  { audit }: KeyRotationDependencies,
  event: 'key.created' | 'key.activated' | 'key.retired' | 'key.revoked',
  { kid }: { readonly kid: string },
  actor: AuditActor,
  tx: Knex,
): Promise<void> {
  await audit.append({ event, actor, details: { kid } }, tx);
}

/** After the commit: this process uses the new keys at once, the others within a moment. */
async function publishChange({ signingKeySet, invalidation }: KeyRotationDependencies) {
  await signingKeySet.refresh();
  await invalidation.publish({});
}
