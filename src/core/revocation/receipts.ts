// Receipt of a revocation: the number of revoked items of each kind, and how long each part took.

export type ReceiptKind =
  | 'account'
  | 'client'
  | 'sessions'
  | 'grants'
  | 'refresh_families'
  | 'consents'
  | 'logout_notices'
  | 'mail';

export interface ReceiptPart {
  readonly kind: ReceiptKind;
  readonly count: number;
  readonly milliseconds: number;
}

export interface Receipt {
  /** Id of the audit event that contains the receipt. */
  readonly id: string;
  readonly at: Date;
  readonly parts: readonly ReceiptPart[];
  /** Duration of the whole revocation, including its commit. */
  readonly milliseconds: number;
  /**
   * Kinds that are not counted because they are not stored. They carry an issue time, and every
   * endpoint refuses those issued before the revocation.
   */
  readonly refused: readonly string[];
}

export const refusedByNotBefore = [
  'access_tokens',
  'authorization_codes',
  'sign_ins_in_progress',
] as const;

export function createReceipt(at: Date) {
  const started = performance.now();
  const parts: ReceiptPart[] = [];
  let id = '';
  return {
    at,
    /** Runs one part, and records the number it returns and its duration. */
    async measure(kind: ReceiptKind, part: () => Promise<number>): Promise<number> {
      const partStarted = performance.now();
      const count = await part();
      parts.push({ kind, count, milliseconds: since(partStarted) });
      return count;
    },
    parts: (): readonly ReceiptPart[] => [...parts],
    file(auditId: string): void {
      id = auditId;
    },
    close(): Receipt {
      return { id, at, parts, milliseconds: since(started), refused: refusedByNotBefore };
    },
  };
}

export type ReceiptWriter = ReturnType<typeof createReceipt>;

/** The JSON form of a receipt, of the API and of the command line. */
export function presentReceipt({ id, at, milliseconds, parts, refused }: Receipt) {
  return {
    id,
    at: at.toISOString(),
    milliseconds,
    parts: parts.map((part) => ({
      kind: part.kind,
      count: part.count,
      milliseconds: part.milliseconds,
    })),
    refused: [...refused],
  };
}

function since(started: number): number {
  return Math.round((performance.now() - started) * 100) / 100;
}

/** The revoked items in words. */
export const receiptWords: Readonly<Record<ReceiptKind, string>> = {
  account: 'Accounts changed',
  client: 'Clients changed',
  sessions: 'Sessions ended',
  grants: 'Grants revoked',
  refresh_families: 'Refresh token families revoked',
  consents: 'Consents deleted',
  logout_notices: 'Back-channel logouts queued',
  mail: 'Emails queued',
};

/** The kinds of credentials that are refused without being counted, in words. */
export function describeRefused(refused: Receipt['refused']): string {
  const names = refused.map((name) => name.replaceAll('_', ' ').replace('sign ins', 'sign-ins'));
  return names.join(', ');
}
