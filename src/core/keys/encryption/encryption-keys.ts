// What each key of ENCRYPTION_KEYS is still needed for, and when it can be removed (decision 0039).

/**
 * Links in mail ("this was not me") are encrypted too, and are valid for this long. A cookie that can no
 * longer be decrypted is ignored, so the browser loses its list of accounts.
 */
export const outsideMilliseconds = 7 * 24 * 60 * 60 * 1000;

/** Number of rows of one column, by the id of the key that encrypted them. */
export interface ColumnUse {
  readonly table: string;
  readonly column: string;
  readonly rows: ReadonlyMap<string, number>;
  /** False: the table has further rows, which were not counted. */
  readonly isComplete: boolean;
}

/** Live refresh token families by the key that authenticates their current token. */
export interface FamilyUse {
  /** `undefined`: an earlier version issued the token; any key but a new one may be needed. */
  readonly keyId: string | undefined;
  readonly count: number;
  readonly lastExpiresAt: Date;
}

export interface KnownKey {
  readonly id: string;
  readonly firstSeenAt: Date;
  /** `undefined`: the key encrypts. */
  readonly supersededAt: Date | undefined;
}

export interface EncryptionKeyUse {
  readonly id: string;
  /**
   * `current` encrypts. `missing`: ENCRYPTION_KEYS lacks it, although something needs it. `uncounted`:
   * nothing that was counted needs it, but not everything was counted.
   */
  readonly state: 'current' | 'needed' | 'waiting' | 'removable' | 'uncounted' | 'missing';
  readonly rows: number;
  readonly refreshTokens: number;
  /** When it can be removed, as far as that is certain; `undefined` for the current key. */
  readonly removableAt: Date | undefined;
}

export interface Inventory {
  /** The ids in ENCRYPTION_KEYS; the first key encrypts. */
  readonly configured: readonly string[];
  readonly known: readonly KnownKey[];
  readonly columns: readonly ColumnUse[];
  readonly families: readonly FamilyUse[];
  /** False if some tables were counted only in part. */
  readonly isComplete: boolean;
}

/** Lists every configured key, and every other key that something needs, with what it is needed for. */
export function usesOf(inventory: Inventory, at: Date): readonly EncryptionKeyUse[] {
  const { configured, known, columns, families } = inventory;
  const named = [
    ...known.map(({ id }) => id),
    ...columns.flatMap(({ rows }) => [...rows.keys()]),
    ...families.flatMap(({ keyId }) => (keyId === undefined ? [] : [keyId])),
  ];
  const uses = [...new Set([...configured, ...named])].map((id) => useOf(inventory, id, at));
  return uses.filter((use) => use.state !== 'missing' || use.rows > 0 || use.refreshTokens > 0);
}

function useOf(inventory: Inventory, id: string, at: Date): EncryptionKeyUse {
  const { configured, known, columns, families } = inventory;
  const rows = columns.reduce((sum, column) => sum + (column.rows.get(id) ?? 0), 0);
  const mine = families.filter(({ keyId }) => keyId === undefined || keyId === id);
  const refreshTokens = mine.reduce((sum, { count }) => sum + count, 0);
  const counts = { id, rows, refreshTokens };
  if (id === configured[0]) return { ...counts, state: 'current', removableAt: undefined };
  const supersededAt = known.find((key) => key.id === id)?.supersededAt ?? at;
  const times = [
    supersededAt.getTime() + outsideMilliseconds,
    ...mine.map(({ lastExpiresAt }) => lastExpiresAt.getTime()),
  ];
  const removableAt = new Date(Math.max(...times));
  if (!configured.includes(id)) return { ...counts, state: 'missing', removableAt };
  if (rows > 0 || refreshTokens > 0) return { ...counts, state: 'needed', removableAt };
  if (!inventory.isComplete) return { ...counts, state: 'uncounted', removableAt: undefined };
  return { ...counts, state: removableAt > at ? 'waiting' : 'removable', removableAt };
}

/** The percentage of a column's rows that the current key encrypts. */
export function progressOf({ table, column, rows, isComplete }: ColumnUse, currentId: string) {
  const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const done = rows.get(currentId) ?? 0;
  // Not rounded up: 100 means that nothing is left.
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  return { table, column, total, done, percent, complete: isComplete };
}

/** As the command line and the API show it. */
export function presentEncryption(inventory: Inventory, at: Date) {
  const [currentId = ''] = inventory.configured;
  return {
    keys: usesOf(inventory, at).map(({ id, state, rows, refreshTokens, removableAt }) => ({
      id,
      state,
      rows,
      refresh_tokens: refreshTokens,
      removable_at: removableAt?.toISOString() ?? null,
    })),
    columns: inventory.columns.map((use) => ({
      ...progressOf(use, currentId),
      rows_by_key: Object.fromEntries(use.rows),
    })),
  };
}
