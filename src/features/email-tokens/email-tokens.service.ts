// Email tokens: issues the link and the code of a mail, and verifies them. The features that use
// them (registration, verification, recovery, sign-in) decide what a token permits.
import { createHmac, randomInt, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  codeDigits,
  emailTokenSeconds,
  maxCodeTries,
  readCode,
  type EmailTokenKind,
} from './email-tokens.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes, randomToken, sha256 } from '#platform/crypto/hashing.ts';
import {
  emailTokenContext,
  type EmailTokenStore,
  type StoredEmailToken,
} from './email-tokens.store.ts';
import type { MailThrottle } from './email-throttle.service.ts';

export interface EmailTokenOrder {
  readonly kind: EmailTokenKind;
  readonly userId?: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  /** Cookie value of the requesting browser; a code is accepted only there. */
  readonly binding?: string | undefined;
  /** Data for the feature that consumes the token; stored encrypted. */
  readonly content?: object;
  /** If false, a decoy is stored at the same cost, whose link and code never match. */
  readonly works?: boolean;
}

/** The secrets of an email token; they must appear in the mail only. */
export interface IssuedEmailToken {
  /** Neither secret nor personal, so it may be written to the audit. */
  readonly id: string;
  readonly token: string;
  readonly code: string;
}

/** An email token that has been neither used, replaced nor expired. */
export interface EmailToken {
  readonly id: string;
  readonly kind: EmailTokenKind;
  readonly userId: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  readonly createdAt: Date;
  /** True if the code was entered correctly and the final step is pending. */
  readonly isProven: boolean;
  /** The content of the order; the feature that issued the token validates its form. */
  readonly content: Readonly<Record<string, unknown>>;
  isBoundTo(binding: string | undefined): boolean;
}

export interface TypedCode {
  /** From a hidden field of the page. */
  readonly proofId: string;
  readonly kinds: readonly EmailTokenKind[];
  readonly code: string;
  readonly holder: { readonly binding?: string | undefined; readonly userId?: string | undefined };
}

export type CodeOutcome =
  | { readonly ok: true; readonly proof: EmailToken }
  | { readonly ok: false; readonly reason: CodeFault };

/** `over`: the token accepts no further codes; its link may still be valid. */
export type CodeFault = 'malformed' | 'wrong' | 'over';

export interface EmailTokenDependencies {
  readonly store: EmailTokenStore;
  readonly throttle: MailThrottle;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function createEmailTokens({ store, throttle, keyring, now }: EmailTokenDependencies) {
  const codeKeys = keyring.derive('mail proof codes');

  /** Keyed, because otherwise all million codes could be tried against a leaked table. */
  function hashCode(id: string, code: string, key: Buffer): Buffer {
    return createHmac('sha256', key).update(`${id} ${code}`).digest();
  }

  function isRight({ id, codeHash }: StoredEmailToken, code: string): boolean {
    const hashes = codeKeys.map((key) => hashCode(id, code, key));
    return codeHash !== undefined && hashes.some((hash) => equalBytes(hash, codeHash));
  }

  function open(stored: StoredEmailToken | undefined): EmailToken | undefined {
    if (!stored) return undefined;
    const { id, kind, userId, email, emailKey, bindingHash, createdAt } = stored;
    const content: Record<string, unknown> = JSON.parse(
      keyring.open(stored.content, emailTokenContext(id)).toString(),
    );
    return {
      id,
      kind,
      userId,
      email,
      emailKey,
      createdAt,
      isProven: stored.provenAt !== undefined,
      content,
      isBoundTo: (binding) =>
        binding !== undefined && bindingHash !== undefined && sha256(binding).equals(bindingHash),
    };
  }

  return {
    /** Issues a token; an earlier one of the same kind and subject is no longer accepted. */
    async issue(order: EmailTokenOrder, tx: Knex): Promise<IssuedEmailToken> {
      const { kind, userId, email, emailKey, binding, content = {}, works = true } = order;
      const id = randomUUID();
      const issued = { id, token: randomToken(), code: randomCode() };
      const [key = Buffer.alloc(0)] = codeKeys;
      const codeHash = hashCode(id, issued.code, key);
      const at = now();
      const proof = {
        id,
        kind,
        subject: subjectOf(order),
        userId,
        email,
        emailKey,
        linkHash: sha256(works ? issued.token : randomToken()),
        codeHash: works ? codeHash : undefined,
        bindingHash: binding === undefined ? undefined : sha256(binding),
        content: keyring.seal(JSON.stringify(content), emailTokenContext(id)),
        createdAt: at,
        expiresAt: new Date(at.getTime() + emailTokenSeconds[kind] * 1000),
      };
      await store.put(proof, tx);
      return issued;
    },
    async findByLink(token: string, kinds: readonly EmailTokenKind[]) {
      const proof = open(await store.findByLink(sha256(token), now()));
      return proof && kinds.includes(proof.kind) ? proof : undefined;
    },
    /** Finds the invitation of an address of which control was proven by other means. */
    async findInvitation(emailKey: string) {
      return open(await store.findInvitation(emailKey, now()));
    },
    /** The latest token requested in this browser. */
    async findByBinding(binding: string | undefined, kind: EmailTokenKind) {
      if (binding === undefined) return undefined;
      return open(await store.findByBinding(sha256(binding), kind, now()));
    },
    async findOfUser(userId: string, kinds: readonly EmailTokenKind[]) {
      return open(await store.findOfUser(userId, kinds, now()));
    },
    /** The open token that a new one of this kind, user and address would replace. */
    async findReplaced(order: Pick<EmailTokenOrder, 'kind' | 'userId' | 'emailKey'>, tx: Knex) {
      return open(await store.findBySubject(order.kind, subjectOf(order), now(), tx));
    },
    async checkCode({ proofId, kinds, code, holder }: TypedCode): Promise<CodeOutcome> {
      const digits = readCode(code);
      if (digits === undefined) return { ok: false, reason: 'malformed' };
      const { binding, userId } = holder;
      const by = { bindingHash: binding === undefined ? undefined : sha256(binding), userId };
      const stored = await store.tryCode(proofId, maxCodeTries, by, now());
      if (!stored) return { ok: false, reason: 'over' };
      const isLooked = await throttle.admitCode(stored.emailKey);
      const isGood = isRight(stored, digits) && isLooked && kinds.includes(stored.kind);
      const proof = isGood ? open(stored) : undefined;
      return proof ? { ok: true, proof } : { ok: false, reason: 'wrong' };
    },
    prove: (proofId: string) => store.prove(proofId, now()),
    /** Consumes the token. Returns true for exactly one caller. */
    use: ({ id }: EmailToken, tx: Knex) => store.use(id, now(), tx),
    endOfUser: store.endOfUser,
    endChangeOf: store.endChangeOf,
    endRevertsToOthers: store.endRevertsToOthers,
  };
}

export type EmailTokens = ReturnType<typeof createEmailTokens>;

function subjectOf({
  kind,
  userId,
  emailKey,
}: Pick<EmailTokenOrder, 'kind' | 'userId' | 'emailKey'>): string {
  // Each earlier address of the account keeps its own token to revert the change.
  if (kind === 'email_undo') return `${userId} ${emailKey}`;
  const isAboutPerson = kind === 'verification' || kind === 'email_change';
  return isAboutPerson && userId !== undefined ? userId : emailKey;
}

function randomCode(): string {
  return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
}
