// Exports the sealed audit log as JSON lines, in pages, with the newest signed head as the last
// line. A full export can be verified without this installation.
import type { SealedRow, StoredHead } from './audit-chain.ts';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { AuditChain } from './audit-chain.service.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { AuditChainStore } from './audit-chain.store.ts';
import type { AuditExportStore, AuditPosition } from './audit-export.store.ts';

const pageSize = 500;
/** A chunk that has reached this length, in characters, is sent without further lines. */
const pieceLength = 64 * 1024;

export interface AuditExportDependencies {
  readonly chain: AuditChainStore;
  readonly search: AuditExportStore;
  readonly sealing: AuditChain;
  readonly signingKeys: SigningKeys;
}

export interface ExportOrder {
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** The user whom the events concern. */
  readonly userId?: string | undefined;
  readonly event?: AuditEvent | undefined;
  /** False: addresses, devices and names are not exported. */
  readonly withPersonal: boolean;
}

export function createAuditExport(dependencies: AuditExportDependencies) {
  const { chain, search, sealing, signingKeys } = dependencies;

  /** All events in the order of the chain, so that they can be verified while they are read. */
  async function* readAll(untilSeq: number): AsyncGenerator<readonly SealedRow[]> {
    for (let after: number | undefined; ;) {
      const rows = await chain.page(after, pageSize);
      yield rows.filter(({ seq }) => seq <= untilSeq);
      after = rows.at(-1)?.seq;
      if (rows.length < pageSize || (after ?? 0) >= untilSeq) return;
    }
  }

  async function* readSome(order: ExportOrder, untilSeq: number) {
    const { from, to, userId, event } = order;
    const filter = { from, to, userId, event, untilSeq };
    let after: AuditPosition | undefined;
    do {
      const { rows, next } = await search.page(filter, after, pageSize);
      yield rows;
      after = next;
    } while (after);
  }

  return {
    /** Yields lines in chunks. Events recorded so far are sealed first. */
    async *lines(order: ExportOrder): AsyncGenerator<string, void> {
      await signingKeys.load();
      await sealing.seal();
      const { newestHead } = await chain.extent();
      const untilSeq = newestHead?.seq ?? 0;
      const pages = isWhole(order) ? readAll(untilSeq) : readSome(order, untilSeq);
      for await (const rows of pages) {
        yield* inPieces(rows.map((row) => `${JSON.stringify(presentRow(row, order))}\n`));
      }
      yield `${JSON.stringify({ head: newestHead ? presentHead(newestHead) : null })}\n`;
    },
  };
}

export type AuditExport = ReturnType<typeof createAuditExport>;

function* inPieces(lines: readonly string[]): Generator<string, void> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function isWhole({ from, to, userId, event }: ExportOrder): boolean {
  return [from, to, userId, event].every((each) => each === undefined);
}

/** Members are named like the columns; hashes are base64url, as in the hash input. */
function presentRow(row: SealedRow, { withPersonal }: Pick<ExportOrder, 'withPersonal'>) {
  return {
    seq: row.seq,
    id: row.id,
    at: row.at,
    event: row.event,
    actor_kind: row.actorKind,
    actor_id: row.actorId,
    user_id: row.userId,
    client_id: row.clientId,
    session_uid: row.sessionUid,
    request_id: row.requestId,
    details: row.details,
    ...(withPersonal ? { personal: row.personal } : {}),
    personal_digest: row.personalDigest?.toString('base64url') ?? null,
    previous_hash: row.previousHash?.toString('base64url') ?? null,
    hash: row.hash?.toString('base64url') ?? null,
  };
}

export function presentHead({ seq, hash, signedAt, signature }: StoredHead) {
  return {
    seq,
    hash: hash.toString('base64url'),
    signed_at: signedAt.toISOString(),
    jws: signature,
  };
}
