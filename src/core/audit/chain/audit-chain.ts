// The hash chain of the audit log: the input of the hash, and the faults that a chain can have.
// Sealing, signing and verification are in the services of this folder.
import { canonicalJson } from '#platform/canonical-json.ts';

/** Prefix of every hash input. A different format requires a different name. */
const chainVersion = 'ostiary-audit-1';

/** The previous hash of the first event. */
export const genesisHash: Uint8Array = new Uint8Array(32);

/** A stored event; `at` has microseconds, the resolution of PostgreSQL. */
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

/** An event with its position in the chain. */
export interface SealedRow extends AuditRow {
  readonly seq: number;
  readonly previousHash: Buffer | null;
  readonly hash: Buffer | null;
}

/**
 * The text whose SHA-256 is the hash of the event: one JSON array (RFC 8785) of its position, every
 * column and the previous hash, with hashes as base64url. Personal data is included through its
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

/** The text whose SHA-256 is the digest of the personal data, which includes its salt. */
export function personalText(personal: Readonly<Record<string, unknown>>): string {
  return canonicalJson(personal);
}

/** The signed statement about the chain (the claims of an `audit-head+jwt`). */
export interface HeadClaims {
  readonly iss: string;
  readonly seq: number;
  /** Hash of event `seq`, base64url. */
  readonly hash: string;
  /** Seconds since 1970. */
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
 * - `inserted`: an event has a position that the chain does not permit.
 * - `edited`: the content differs from what was sealed.
 * - `replaced`: the next event was sealed onto a different event than the present one.
 * - `personal_changed`: personal data was changed, and not erased as a whole.
 * - `rewritten`: a signed head does not match the present chain.
 * - `bad_signature`: a head was not signed by this installation, or was moved.
 * - `unsigned`: no head covers sealed events, although sealing writes both in one transaction.
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
  /** First affected position. */
  readonly seq: number;
  /**
   * Last affected position; greater than `seq` for a gap, or when it cannot be determined exactly.
   */
  readonly until: number;
  /** Id of the event, if it exists. */
  readonly id?: string;
  readonly at?: string;
  readonly event?: string;
}

export interface ChainReport {
  readonly entries: number;
  /** Number of events whose personal data was erased. */
  readonly erased: number;
  readonly heads: number;
  readonly newestHead: StoredHead | undefined;
  /** Recorded but not sealed yet: within the last second, or while no server is running. */
  readonly unsealed: number;
  readonly faultCount: number;
  /** The first faults, in the order of the chain. */
  readonly faults: readonly ChainFault[];
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
