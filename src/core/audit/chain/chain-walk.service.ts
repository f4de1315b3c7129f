// Verifies the chain in one pass from its first event: takes events and signed heads in order and
// records every mismatch. They are read in verification.service.ts.
import {
  chainText,
  genesisHash,
  type ChainFault,
  type ChainFaultKind,
  type ChainReport,
  type HeadClaims,
  type SealedRow,
  type StoredHead,
} from './audit-chain.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { personalDigest } from '#core/audit/audit.service.ts';

/** Maximum number of reported faults: a destroyed chain has one at every event. */
const maxReportedFaults = 10;

export type WalkResult = Omit<ChainReport, 'newestHead' | 'unsealed'>;

export function createChainWalk() {
  const faults: ChainFault[] = [];
  let faultCount = 0;
  let entries = 0;
  let erased = 0;
  let heads = 0;
  let last: { seq: number; hash: Buffer; row?: SealedRow } = {
    seq: 0,
    hash: Buffer.from(genesisHash),
  };
  /** The chain agrees with a signed head up to this position. */
  let confirmedUpTo = 0;
  let isRewritten = false;

  function report(what: ChainFaultKind, seq: number, until: number, row?: SealedRow): void {
    faultCount += 1;
    if (faults.length === maxReportedFaults) return;
    faults.push({ what, seq, until, ...(row && { id: row.id, at: row.at, event: row.event }) });
  }

  /** Verifies the hash of the event and its link to the previous one. */
  function verifyEntry(row: SealedRow): void {
    const { seq, hash, previousHash } = row;
    const isUnchanged =
      hash && previousHash && sha256(chainText(row, seq, previousHash)).equals(hash);
    if (!isUnchanged) return report('edited', seq, seq, row);
    // After a gap, the expected link is unknown.
    if (seq > last.seq + 1 || previousHash.equals(last.hash)) return;
    if (last.row) report('replaced', last.seq, last.seq, last.row);
    else report('edited', seq, seq, row);
  }

  function verifyPersonal(row: SealedRow): void {
    const { seq, personal, personalDigest: digest } = row;
    if (personal === null) {
      if (digest !== null) erased += 1;
      return;
    }
    if (!digest || !personalDigest(personal).equals(digest)) {
      report('personal_changed', seq, seq, row);
    }
  }

  /** Compares the hash in a signed head with the event at its position. */
  function compare({ seq, hash }: Pick<HeadClaims, 'seq' | 'hash'>): void {
    if (seq !== last.seq) return; // it is missing, which is already reported
    if (hash === last.hash.toString('base64url')) {
      confirmedUpTo = seq;
      return;
    }
    // After a rewrite every later head differs, so this is reported as one fault.
    if (!isRewritten) report('rewritten', confirmedUpTo + 1, seq);
    isRewritten = true;
  }

  return {
    /** Must be called in order of `seq`. */
    entry(row: SealedRow): void {
      entries += 1;
      const next = last.seq + 1;
      if (row.seq < next) return report('inserted', row.seq, row.seq, row);
      if (row.seq > next) report('missing', next, row.seq - 1);
      verifyEntry(row);
      verifyPersonal(row);
      last = { seq: row.seq, hash: row.hash ?? Buffer.alloc(0), row };
    },
    /**
     * Must be called after the event it signs. `claims` are the verified claims of its signature,
     * if valid.
     */
    head(head: StoredHead, claims: HeadClaims | undefined): void {
      heads += 1;
      const { seq, hash } = head;
      if (claims?.seq === seq && claims.hash === hash.toString('base64url')) return compare(claims);
      report('bad_signature', seq, seq);
    },
    /**
     * A head from another system. If it differs, the stored heads that agree were signed later.
     */
    externalHead({ seq, hash }: HeadClaims): void {
      if (hash !== last.hash.toString('base64url')) report('rewritten', 1, seq);
    },
    /**
     * @param signed last position covered by a stored head; 0 if there is none
     * @param external the same for the head from another system
     */
    end(signed: number, external: number): WalkResult {
      if (last.seq > signed) report('unsigned', signed + 1, last.seq);
      const expectedEnd = Math.max(signed, external);
      if (expectedEnd > last.seq) report('missing', last.seq + 1, expectedEnd);
      return { entries, erased, heads, faultCount, faults };
    },
  };
}

export type ChainWalk = ReturnType<typeof createChainWalk>;
