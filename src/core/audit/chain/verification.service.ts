// Verifies the whole chain: every event, link and signed head, in one pass and in pages, so that
// memory use does not depend on the length of the chain.
import type { ChainReport, HeadClaims, SealedRow, StoredHead } from './audit-chain.ts';
import { AppError } from '#platform/errors.ts';
import type { AuditChainStore } from './audit-chain.store.ts';
import type { AuditHeads, HeadReader } from './signed-heads.service.ts';
import { createChainWalk, type ChainWalk } from './chain-walk.service.ts';

const pageSize = 500;

export interface AuditVerificationDependencies {
  readonly chain: AuditChainStore;
  readonly heads: AuditHeads;
}

export function createAuditVerification({ chain, heads }: AuditVerificationDependencies) {
  async function readExternalHead(
    signature: string | undefined,
    read: HeadReader,
  ): Promise<HeadClaims | undefined> {
    if (signature === undefined) return undefined;
    const claims = await read(signature);
    if (claims) return claims;
    throw new AppError(
      'invalid_input',
      'The given head is not signed by this installation, or its signing key was deleted.',
    );
  }

  return {
    /** The extent of a verification, from the newest entry and head alone. */
    extent: () => chain.extent(),

    /**
     * @param externalHead a signed head from another system, which the chain must match
     * @throws AppError `invalid_input` when it was not signed by this installation
     */
    async verify(externalHead?: string): Promise<ChainReport> {
      const read = await heads.reader();
      const external = await readExternalHead(externalHead, read);
      // Events that are sealed during the verification are not included.
      const { newestSeq, newestHead, unsealed } = await chain.extent();
      const until = Math.max(newestSeq, newestHead?.seq ?? 0);
      const walk = createChainWalk();
      const stored = inPages((after) => chain.heads(after, pageSize), until);
      const headsInOrder = createHeadFeed(walk, read, stored);
      for await (const row of inPages((after) => chain.page(after, pageSize), until)) {
        await headsInOrder.upTo(row.seq - 1);
        walk.entry(row);
        await headsInOrder.upTo(row.seq);
        if (external?.seq === row.seq) walk.externalHead(external);
      }
      await headsInOrder.upTo(until);
      const result = walk.end(newestHead?.seq ?? 0, external?.seq ?? 0);
      return { ...result, newestHead, unsealed };
    },
  };
}

export type AuditVerification = ReturnType<typeof createAuditVerification>;

/** Passes each head to the walk once the walk has reached its position. */
function createHeadFeed(walk: ChainWalk, read: HeadReader, stored: AsyncIterator<StoredHead>) {
  // Requested only when it is awaited, so that no rejection is unhandled.
  let next: IteratorResult<StoredHead> | undefined;
  return {
    async upTo(seq: number): Promise<void> {
      for (;;) {
        next ??= await stored.next();
        if (next.done === true || next.value.seq > seq) return;
        walk.head(next.value, await read(next.value.signature));
        next = undefined;
      }
    },
  };
}

/** All items up to position `until`, in pages. */
async function* inPages<Item extends SealedRow | StoredHead>(
  load: (after: number | undefined) => Promise<readonly Item[]>,
  until: number,
): AsyncGenerator<Item, undefined> {
  let after: number | undefined;
  for (;;) {
    const items = await load(after);
    for (const item of items) {
      if (item.seq > until) return undefined;
      yield item;
    }
    if (items.length < pageSize) return undefined;
    after = items.at(-1)?.seq;
  }
}
