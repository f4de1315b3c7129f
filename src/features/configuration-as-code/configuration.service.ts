// Compares a configuration file with the installation and applies the differences in one transaction. A plan
// is the same transaction, rolled back: it is subject to the same rules, and counts what the changes would
// revoke.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { Change } from '#core/subject-status/invalidation.service.ts';
import type { ConfigurationDocument, Entry, ExportedObjects, Values } from './document/document.ts';
import type { BoundKind, KindChange, Kind, Written } from './kinds/kind.ts';
import { kinds, type KindServices } from './kinds/kinds.service.ts';
import { describeTransactionFailure } from './failures.ts';
import { diffValues, type Applied, type AppliedChange, type FieldChange } from './plan.ts';

export interface ConfigurationDependencies {
  readonly db: Database;
  /** Runs before the transaction, because the embedded database has a single connection. */
  prepare(): Promise<Join>;
  publish(change: Change): Promise<void>;
}

/** Creates services whose statements all run in the transaction. */
export type Join = (tx: Knex.Transaction, publish: (change: Change) => void) => KindServices;

export interface ApplyOptions {
  /** Only report the changes, and roll them back. */
  readonly isPlan: boolean;
  /** Delete objects that the file does not contain, of the kinds that it contains. */
  readonly prunes: boolean;
}

export function createConfiguration({ db, prepare, publish }: ConfigurationDependencies) {
  async function run<Result>(
    work: (services: KindServices) => Promise<Result>,
    { isRolledBack }: { readonly isRolledBack: boolean },
  ): Promise<Result> {
    const published: Change[] = [];
    const join = await prepare();
    const outcome: { result?: Result } = {};
    try {
      await db.transaction(async (tx) => {
        // Fails if another transaction writes to the same rows meanwhile; two files applied at the same time
        // have the effect of one after the other.
        await tx.raw('set transaction isolation level serializable');
        outcome.result = await work(join(tx, (change) => void published.push(change)));
        if (isRolledBack) throw new RolledBack();
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw describeTransactionFailure(error);
    }
    if (!isRolledBack) for (const change of distinct(published)) await publish(change);
    return outcome.result as Result; // The work has set it, or an error was thrown.
  }

  return {
    /**
     * @throws AppError `conflict` after a concurrent change, `invalid_input` for a file that breaks a
     * rule; nothing is written then
     */
    apply: (document: ConfigurationDocument, options: ApplyOptions): Promise<Applied> =>
      run((services) => applyDocument(services, document, options), {
        isRolledBack: options.isPlan,
      }),
    /** All objects, by kind and key. */
    export: (): Promise<readonly ExportedKind[]> =>
      run((services) => exportAll(services), { isRolledBack: true }),
  };
}

export type Configuration = ReturnType<typeof createConfiguration>;

export interface ExportedKind {
  readonly kind: string;
  readonly objects: ExportedObjects;
}

class RolledBack extends Error {}

async function exportAll(services: KindServices): Promise<readonly ExportedKind[]> {
  const exported: ExportedKind[] = [];
  for (const kind of kinds) {
    const objects = [...(await kind.bind(services).read())].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    exported.push({ kind: kind.name, objects: new Map(objects) });
  }
  return exported;
}

interface KindPlan {
  readonly kind: Kind<KindServices>;
  readonly bound: BoundKind;
  readonly changes: readonly KindChange[];
  /** Keys of objects to delete, with their members. */
  readonly deletions: ReadonlyMap<string, Values>;
  readonly unchanged: number;
}

async function applyDocument(
  services: KindServices,
  document: ConfigurationDocument,
  { prunes }: ApplyOptions,
): Promise<Applied> {
  const plans = await planAll(services, document, prunes);
  const applied = await writeAll(plans);
  if (applied.length > 0) await requireDone(services, document, prunes);
  const unchanged = plans.reduce((sum, plan) => sum + plan.unchanged, 0);
  return { changes: applied, unchanged };
}

/** Reads and validates everything before the first change, so that no lock is held meanwhile. */
async function planAll(
  services: KindServices,
  { sections }: ConfigurationDocument,
  prunes: boolean,
): Promise<readonly KindPlan[]> {
  const faults: string[] = [];
  const plans: KindPlan[] = [];
  for (const kind of kinds) {
    const section = sections.find((each) => each.kind === kind.name);
    if (!section) continue;
    const bound = kind.bind(services);
    const present = await bound.read();
    const changes: KindChange[] = [];
    for (const entry of section.entries) {
      const change = await planEntry(kind, bound, entry, present.get(entry.key), faults);
      if (change) changes.push(change);
    }
    const keys = new Set(section.entries.map(({ key }) => key));
    const absent = prunes ? [...present].filter(([key]) => !keys.has(key)) : [];
    const unchanged = section.entries.length - changes.length;
    plans.push({ kind, bound, changes, deletions: new Map(absent), unchanged });
  }
  if (faults.length > 0) throw new AppError('invalid_input', faults.join('\n'));
  return plans;
}

async function planEntry(
  { name: kind, secretMember }: Kind<KindServices>,
  bound: BoundKind,
  entry: Entry,
  before: Values | undefined,
  faults: string[],
): Promise<KindChange | undefined> {
  try {
    const after = await bound.complete(entry, before);
    const fields: FieldChange[] = [...diffValues(before, after)];
    if (secretMember !== undefined && entry.secret && (await bound.hasOtherSecret?.(entry))) {
      fields.push({ name: secretMember, before: undefined, after: undefined, isSecret: true });
    }
    if (before && fields.length === 0) return undefined;
    return { key: entry.key, before, after, fields, entry };
  } catch (error) {
    const located = locate(error, kind, entry);
    if (located.code !== 'invalid_input') throw located;
    faults.push(located.message);
    return undefined;
  }
}

async function writeAll(plans: readonly KindPlan[]): Promise<readonly AppliedChange[]> {
  const applied: AppliedChange[] = [];
  for (const { kind, bound, changes } of plans) {
    for (const change of changes) {
      const { key, before, fields, entry } = change;
      const written = await at(kind.name, entry, () => bound.write(change));
      const action = before ? 'update' : 'create';
      applied.push({ kind: kind.name, key, action, fields, ...shown(written) });
    }
  }
  for (const { kind, bound, changes } of plans) {
    for (const change of changes) {
      await at(kind.name, change.entry, async () => bound.finish?.(change));
    }
  }
  for (const { kind, bound, deletions } of plans.toReversed()) {
    for (const [key, values] of deletions) {
      const written = await bound.remove(key);
      const fields = diffValues(values, {});
      applied.push({ kind: kind.name, key, action: 'delete', fields, ...shown(written) });
    }
  }
  return applied;
}

function shown({ effects = [], receipt, secret }: Written) {
  return { effects: effects.filter(({ count }) => count > 0), receipt, secret };
}

/**
 * A file may contradict itself: deleting a client deletes its roles, which the file may still contain. Such a
 * file is refused, because applying it would never converge.
 */
async function requireDone(
  services: KindServices,
  document: ConfigurationDocument,
  prunes: boolean,
): Promise<void> {
  const plans = await planAll(services, document, prunes);
  const left = plans.flatMap(({ kind, changes, deletions }) =>
    [...changes.map(({ key }) => key), ...deletions.keys()].map((key) => `${kind.name}.${key}`),
  );
  if (left.length === 0) return;
  const message = `The file contradicts itself: after its changes, ${left.slice(0, 5).join(', ')} would still differ. Nothing was written.`;
  throw new AppError('invalid_input', message);
}

async function at<Result>(
  kind: string,
  entry: Entry,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw locate(error, kind, entry);
  }
}

/** Adds the location in the file. @throws unexpected errors unchanged */
function locate(error: unknown, kind: string, { key, place }: Entry): AppError {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  const message = `${place}: ${kind}.${key}: ${error.message}`;
  const isConflict = error.code === 'conflict';
  return new AppError(isConflict ? 'conflict' : 'invalid_input', message, { cause: error });
}

function distinct(changes: readonly Change[]): readonly Change[] {
  const everything = changes.find(({ userId, clientId }) => (userId ?? clientId) === undefined);
  if (everything) return [everything];
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}
