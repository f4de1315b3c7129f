// The row of a refresh token family, and its mapping to types.

export interface RefreshFamily {
  readonly id: string;
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  /** 0 for the first token, incremented by each rotation. */
  readonly generation: number;
  readonly currentHash: Buffer;
  readonly previousHash: Buffer | undefined;
  readonly rotatedAt: Date | undefined;
  readonly content: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export type NewRefreshFamily = Omit<RefreshFamily, 'generation' | 'previousHash' | 'rotatedAt'> & {
  /** The encryption key from which the key of the token is derived. */
  readonly keyId: string;
};

export interface RefreshFamilyRow {
  id: string;
  grant_id: string;
  user_id: string;
  client_id: string;
  generation: number;
  current_hash: Buffer;
  previous_hash: Buffer | null;
  rotated_at: Date | null;
  content: Record<string, unknown>;
  created_at: Date;
  expires_at: Date;
}

export const familyColumns = [
  'id',
  'grant_id',
  'user_id',
  'client_id',
  'generation',
  'current_hash',
  'previous_hash',
  'rotated_at',
  'content',
  'created_at',
  'expires_at',
];

/** Values for the columns of a new row, in the order that inserting statements expect. */
export function familyValues(family: NewRefreshFamily): unknown[] {
  const { id, grantId, userId, clientId, currentHash, content, createdAt, expiresAt } = family;
  const json = JSON.stringify(content);
  return [id, grantId, userId, clientId, currentHash, json, createdAt, expiresAt, family.keyId];
}

export function familyFromRow(row: RefreshFamilyRow): RefreshFamily {
  return {
    id: row.id,
    grantId: row.grant_id,
    userId: row.user_id,
    clientId: row.client_id,
    generation: row.generation,
    currentHash: row.current_hash,
    previousHash: row.previous_hash ?? undefined,
    rotatedAt: row.rotated_at ?? undefined,
    content: row.content,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
