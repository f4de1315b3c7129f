// One walk along the chain, from its first entry: takes entries and signed heads in their order and
// notes what does not fit. Where they come from is verification.service.ts.
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

/** A chain that was destroyed has a fault at every entry; nobody reads more than these. */
const rememberedFaults = 10;

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
  /** Up to here a signature and the chain agree. */
  let vouchedFor = 0;
  let isRewritten = false;

  function note(what: ChainFaultKind, seq: number, until: number, row?: SealedRow): void {
    faultCount += 1;
    if (faults.length === rememberedFaults) return;
    faults.push({ what, seq, until, ...(row && { id: row.id, at: row.at, event: row.event }) });
  }

  /** What is wrong with the entry itself, or with what it says of the one before. */
  function judge(row: SealedRow): void {
    const { seq, hash, previousHash } = row;
    const isWhole = hash && previousHash && sha256(chainText(row, seq, previousHash)).equals(hash);
    if (!isWhole) return note('edited', seq, seq, row);
    // Behind a gap, nobody knows what the link should be.
    if (seq > last.seq + 1 || previousHash.equals(last.hash)) return;
    if (last.row) note('replaced', last.seq, last.seq, last.row);
    else note('edited', seq, seq, row);
  }

  function judgePersonal(row: SealedRow): void {
    const { seq, personal, personalDigest: digest } = row;
    if (personal === null) {
      if (digest !== null) erased += 1;
      return;
    }
    if (!digest || !personalDigest(personal).equals(digest)) {
      note('personal_changed', seq, seq, row);
    }
  }

  /** What a signature says of an entry that is there. */
  function compare({ seq, hash }: Pick<HeadClaims, 'seq' | 'hash'>): void {
    if (seq !== last.seq) return; // it is missing, which is noted already
    if (hash === last.hash.toString('base64url')) {
      vouchedFor = seq;
      return;
    }
    // From where the chain was written anew, every later head differs: that is one fault.
    if (!isRewritten) note('rewritten', vouchedFor + 1, seq);
    isRewritten = true;
  }

  return {
    /** In the order of `seq`. */
    entry(row: SealedRow): void {
      entries += 1;
      const next = last.seq + 1;
      if (row.seq < next) return note('inserted', row.seq, row.seq, row);
      if (row.seq > next) note('missing', next, row.seq - 1);
      judge(row);
      judgePersonal(row);
      last = { seq: row.seq, hash: row.hash ?? Buffer.alloc(0), row };
    },
    /** After the entry that it is about. `claims`: what its signature says, if it is ours. */
    head(head: StoredHead, claims: HeadClaims | undefined): void {
      heads += 1;
      const { seq, hash } = head;
      if (claims?.seq === seq && claims.hash === hash.toString('base64url')) return compare(claims);
      note('bad_signature', seq, seq);
    },
    /** One that was kept elsewhere. Where it differs, heads that agree here were signed later. */
    keptHead({ seq, hash }: HeadClaims): void {
      if (hash !== last.hash.toString('base64url')) note('rewritten', 1, seq);
    },
    /**
     * @param signed up to where the newest stored head vouches; 0: there is none
     * @param kept the same of the head that was kept elsewhere
     */
    end(signed: number, kept: number): WalkResult {
      if (last.seq > signed) note('unsigned', signed + 1, last.seq);
      const reaches = Math.max(signed, kept);
      if (reaches > last.seq) note('missing', last.seq + 1, reaches);
      return { entries, erased, heads, faultCount, faults };
    },
  };
}

export type ChainWalk = ReturnType<typeof createChainWalk>;
