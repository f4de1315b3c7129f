// The chain over the audit: what of an entry is hashed, and what can be wrong with a chain. Sealing,
// signing and checking are in audit-chain.service.ts and the folder beside it.
import { canonicalJson } from '#platform/canonical-json.ts';

/** Stands in front of everything that is hashed; another form of the text gets another name. */
const chainVersion = 'ostiary-audit-1';

/** What the first entry names as the hash of the one before. */
export const genesisHash: Uint8Array = new Uint8Array(32);

/** An entry as it is stored; `at` to the microsecond, as PostgreSQL keeps it. */
export interface AuditRow {
  readonly id: string;
  /** `2026-05-04T12:00:00.123000Z` */
  readonly at: string;
  readonly event: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly sessionUid: string | null;
  readonly requestId: string | null;
  readonly details: unknown;
  readonly personal: Readonly<Record<string, unknown>> | null;
  readonly personalDigest: Buffer | null;
}

/** An entry that has its place in the chain. */
export interface SealedRow extends AuditRow {
  readonly seq: number;
  readonly previousHash: Buffer | null;
  readonly hash: Buffer | null;
}

/**
 * The text whose SHA-256 is the entry's hash: one JSON array (RFC 8785) of its place, every column
 * and the hash of the entry before, hashes as base64url. The personal part takes part through its
 * digest only, so that it can be erased.
 */
export function chainText(row: AuditRow, seq: number, previousHash: Uint8Array): string {
  return canonicalJson([
    chainVersion,
    seq,
    row.id,
    row.at,
    row.event,
    row.actorKind,
    row.actorId,
    row.userId,
    row.clientId,
    row.sessionUid,
    row.requestId,
    row.details,
    row.personalDigest && base64url(row.personalDigest),
    base64url(previousHash),
  ]);
}

/** The text whose SHA-256 is the digest of a personal part; its salt is one of its members. */
export function personalText(personal: Readonly<Record<string, unknown>>): string {
  return canonicalJson(personal);
}

/** What a signature over the chain says (the claims of an `audit-head+jwt`). */
export interface HeadClaims {
  readonly iss: string;
  readonly seq: number;
  /** Of entry `seq`, base64url. */
  readonly hash: string;
  /** Seconds. */
  readonly iat: number;
}

export interface StoredHead {
  readonly seq: number;
  readonly hash: Buffer;
  readonly signedAt: Date;
  /** Compact JWS. */
  readonly signature: string;
}

/**
 * - `missing`: entries were deleted.
 * - `inserted`: an entry stands where the chain has no place for one.
 * - `edited`: the content is not what was sealed.
 * - `replaced`: the next entry was sealed onto another one than the one that is there now.
 * - `personal_changed`: the personal part was changed, and not erased as a whole.
 * - `rewritten`: a signed head vouches for another chain than the one that is there now.
 * - `bad_signature`: a head is not signed by this installation, or was moved.
 * - `unsigned`: no head vouches for sealed entries; sealing writes both in one transaction.
 */
export type ChainFaultKind =
  | 'missing'
  | 'inserted'
  | 'edited'
  | 'replaced'
  | 'personal_changed'
  | 'rewritten'
  | 'bad_signature'
  | 'unsigned';

export interface ChainFault {
  readonly what: ChainFaultKind;
  /** Where it begins. */
  readonly seq: number;
  /** The last entry it concerns; more than `seq` for a gap, or when it can not be told closer. */
  readonly until: number;
  /** Of the entry, where there is one. */
  readonly id?: string;
  readonly at?: string;
  readonly event?: string;
}

export interface ChainReport {
  readonly entries: number;
  /** How many of them have had their personal part erased. */
  readonly erased: number;
  readonly heads: number;
  readonly newestHead: StoredHead | undefined;
  /** Written down but not sealed yet: within a second of now, or while no server runs. */
  readonly unsealed: number;
  readonly faultCount: number;
  /** The first few, in the order of the chain. */
  readonly faults: readonly ChainFault[];
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
