// Which encryption keys are needed: the status for operators, and the check at the start that no key
// is missing that something in the database needs.
import type { Keyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import type { EncryptionKeyStore } from './encryption-keys.store.ts';
import {
  usesOf,
  type ColumnUse,
  type EncryptionKeyUse,
  type Inventory,
} from './encryption-keys.ts';
import type { SealedColumnStore, SealedTable } from './sealed-columns.store.ts';

/** Maximum number of rows that are counted of each table. */
const maxCountedRows = 100_000;
/** For a page, which must load fast. */
const maxRowsOfPage = 20_000;

export interface EncryptionKeyDependencies {
  readonly places: readonly SealedTable[];
  readonly sealedColumns: SealedColumnStore;
  readonly encryptionKeyStore: EncryptionKeyStore;
  readonly keyring: Pick<Keyring, 'ids'>;
  readonly now: () => Date;
}

export function createEncryptionKeys(dependencies: EncryptionKeyDependencies) {
  const { places, sealedColumns, encryptionKeyStore: store, keyring, now } = dependencies;

  async function count(
    counted: readonly SealedTable[],
    maxRows: number,
  ): Promise<readonly ColumnUse[]> {
    const columns: ColumnUse[] = [];
    for (const place of counted) {
      const { table, column } = place;
      columns.push({ table, column, ...(await sealedColumns.count(place, maxRows)) });
    }
    return columns;
  }

  async function inventory(maxRows: number): Promise<Inventory> {
    const columns = await count(places, maxRows);
    const [known, { uses: families, isComplete }] = await Promise.all([
      store.list(),
      store.familyUses(now(), maxRows),
    ]);
    const areAllCounted = isComplete && columns.every((column) => column.isComplete);
    return { configured: keyring.ids, known, columns, families, isComplete: areAllCounted };
  }

  return {
    /** Counts the first rows of large tables only, so that it takes a second at most. */
    inventory: (): Promise<Inventory> => inventory(maxCountedRows),
    /** As `inventory`, but in less than a tenth of a second. */
    shortInventory: (): Promise<Inventory> => inventory(maxRowsOfPage),
    /** Counts every row, in small steps; this takes minutes with millions of rows. */
    completeInventory: (): Promise<Inventory> => inventory(Infinity),
    /**
     * Called at the start. It counts rows only when a key was removed since the last start.
     * @throws AppError `conflict`, naming a missing key and what needs it
     */
    async admit(): Promise<void> {
      const known = await store.list();
      const gone = known.filter(({ id }) => !keyring.ids.includes(id));
      // Earlier versions recorded no keys. The first start after an upgrade counts signing keys only, because
      // counting large tables takes long.
      const found =
        known.length === 0
          ? { ...nothing, columns: await count(places.filter(isOfSigningKeys), Infinity) }
          : gone.length > 0 && (await inventory(Infinity));
      if (found) {
        const uses = usesOf({ ...found, configured: keyring.ids }, now());
        const missing = uses.find(({ state }) => state === 'missing');
        if (missing) throw refusal(missing);
      }
      for (const { id } of gone) await store.noteRemoved(id, now());
      await store.note(keyring.ids, now());
    },
  };
}

const nothing = { known: [], families: [], isComplete: true };
const isOfSigningKeys = ({ table }: SealedTable): boolean => table === 'signing_keys';

export type EncryptionKeys = ReturnType<typeof createEncryptionKeys>;

export function describeNeed({ rows, refreshTokens }: EncryptionKeyUse): string {
  const parts = [
    ...(rows > 0 ? [`${rows} ${rows === 1 ? 'encrypted row' : 'encrypted rows'}`] : []),
    ...(refreshTokens > 0
      ? [`${refreshTokens} refresh ${refreshTokens === 1 ? 'token' : 'tokens'}`]
      : []),
  ];
  return parts.join(' and ');
}

function refusal(use: EncryptionKeyUse): AppError {
  const need = describeNeed(use);
  const verb = use.rows + use.refreshTokens === 1 ? 'needs' : 'need';
  return new AppError(
    'conflict',
    `ENCRYPTION_KEYS has no key named ${JSON.stringify(use.id)}, but ${need} ${verb} it. ` +
      'Put it back, after the first key; "ostiary key status" says when it can be removed.',
  );
}
