// Proofs of a mailbox: making the link and the code of a mail, and telling a right one from a wrong
// one. What a proof is good for is decided beside it: registering, verification, recovery and more.
import { createHmac, randomInt, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  codeDigits,
  mailProofSeconds,
  mostCodeTries,
  readCode,
  type MailProofKind,
} from './email-tokens.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes, randomToken, sha256 } from '#platform/crypto/hashing.ts';
import type { MailProofStore, StoredMailProof } from './email-tokens.store.ts';
import type { MailThrottle } from './email-throttle.service.ts';

export interface ProofOrder {
  readonly kind: MailProofKind;
  readonly userId?: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  /** Of the browser that asks; a code is good in that one only. */
  readonly binding?: string | undefined;
  /** What happens once it is proven. */
  readonly content?: object;
  /** False: it costs what a real one costs, and neither its link nor its code is ever right. */
  readonly works?: boolean;
}

/** What goes into the mail, and nowhere else. */
export interface IssuedProof {
  /** For the audit: no secret, and nothing personal. */
  readonly id: string;
  readonly token: string;
  readonly code: string;
}

/** A proof that may still be used. */
export interface MailProof {
  readonly id: string;
  readonly kind: MailProofKind;
  readonly userId: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  readonly createdAt: Date;
  /** True: its code was right, and the last step is still to come. */
  readonly isProven: boolean;
  /** What the order said; its maker knows the form. */
  readonly content: Readonly<Record<string, unknown>>;
  isBoundTo(binding: string | undefined): boolean;
}

export interface TypedCode {
  /** From the page's hidden field. */
  readonly proofId: string;
  readonly kinds: readonly MailProofKind[];
  readonly code: string;
  readonly holder: { readonly binding?: string | undefined; readonly userId?: string | undefined };
}

export type CodeOutcome =
  | { readonly ok: true; readonly proof: MailProof }
  | { readonly ok: false; readonly reason: CodeFault };

/** `over`: no code helps any more. The link may. */
export type CodeFault = 'malformed' | 'wrong' | 'over';

export interface MailProofDependencies {
  readonly store: MailProofStore;
  readonly throttle: MailThrottle;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function createMailProofs({ store, throttle, keyring, now }: MailProofDependencies) {
  const codeKeys = keyring.derive('mail proof codes');

  /** With a key of ours: a copy of the table does not give a million codes away. */
  function hashCode(id: string, code: string, key: Buffer): Buffer {
    return createHmac('sha256', key).update(`${id} ${code}`).digest();
  }

  function isRight({ id, codeHash }: StoredMailProof, code: string): boolean {
    const hashes = codeKeys.map((key) => hashCode(id, code, key));
    return codeHash !== undefined && hashes.some((hash) => equalBytes(hash, codeHash));
  }

  function open(stored: StoredMailProof | undefined): MailProof | undefined {
    if (!stored) return undefined;
    const { id, kind, userId, email, emailKey, bindingHash, createdAt } = stored;
    const content: Record<string, unknown> = JSON.parse(
      keyring.open(stored.content, contextOf(id)).toString(),
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
    /** Whatever was sent before for the same is no good any more. */
    async issue(order: ProofOrder, tx: Knex): Promise<IssuedProof> {
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
        content: keyring.seal(JSON.stringify(content), contextOf(id)),
        createdAt: at,
        expiresAt: new Date(at.getTime() + mailProofSeconds[kind] * 1000),
      };
      await store.put(proof, tx);
      return issued;
    },
    async findByLink(token: string, kinds: readonly MailProofKind[]) {
      const proof = open(await store.findByLink(sha256(token), now()));
      return proof && kinds.includes(proof.kind) ? proof : undefined;
    },
    /** For somebody who has shown in another way that the mailbox is theirs. */
    async findInvitation(emailKey: string) {
      return open(await store.findInvitation(emailKey, now()));
    },
    /** What this browser asked for last. */
    async findByBinding(binding: string | undefined, kind: MailProofKind) {
      if (binding === undefined) return undefined;
      return open(await store.findByBinding(sha256(binding), kind, now()));
    },
    async findOfUser(userId: string, kinds: readonly MailProofKind[]) {
      return open(await store.findOfUser(userId, kinds, now()));
    },
    /** An open proof that another one of this kind, user and address would replace. */
    async findReplaced(order: Pick<ProofOrder, 'kind' | 'userId' | 'emailKey'>, tx: Knex) {
      return open(await store.findBySubject(order.kind, subjectOf(order), now(), tx));
    },
    async checkCode({ proofId, kinds, code, holder }: TypedCode): Promise<CodeOutcome> {
      const digits = readCode(code);
      if (digits === undefined) return { ok: false, reason: 'malformed' };
      const { binding, userId } = holder;
      const by = { bindingHash: binding === undefined ? undefined : sha256(binding), userId };
      const stored = await store.tryCode(proofId, mostCodeTries, by, now());
      if (!stored) return { ok: false, reason: 'over' };
      const isLooked = await throttle.admitCode(stored.emailKey);
      const isGood = isRight(stored, digits) && isLooked && kinds.includes(stored.kind);
      const proof = isGood ? open(stored) : undefined;
      return proof ? { ok: true, proof } : { ok: false, reason: 'wrong' };
    },
    prove: (proofId: string) => store.prove(proofId, now()),
    /** True for exactly one caller. */
    use: ({ id }: MailProof, tx: Knex) => store.use(id, now(), tx),
    endOfUser: store.endOfUser,
    endChangeOf: store.endChangeOf,
  };
}

export type MailProofs = ReturnType<typeof createMailProofs>;

function subjectOf({
  kind,
  userId,
  emailKey,
}: Pick<ProofOrder, 'kind' | 'userId' | 'emailKey'>): string {
  // Each address that an account has had may take the account back.
  if (kind === 'email_undo') return `${userId} ${emailKey}`;
  const isAboutPerson = kind === 'verification' || kind === 'email_change';
  return isAboutPerson && userId !== undefined ? userId : emailKey;
}

function contextOf(id: string): string {
  return `mail proof ${id}`;
}

function randomCode(): string {
  return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
}
