// Stores email tokens. A user or an address has one open token of each kind; a newer one replaces
// it and invalidates its link and code. The rules are in email-tokens.service.ts.
import type { Knex } from 'knex';
import type { EmailTokenKind } from './email-tokens.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';

export interface NewEmailToken {
  readonly id: string;
  readonly kind: EmailTokenKind;
  /** The user id, or the key of the address if there is no user yet. */
  readonly subject: string;
  readonly userId: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  readonly linkHash: Buffer;
  /** `undefined` if no code is accepted. */
  readonly codeHash: Buffer | undefined;
  readonly bindingHash: Buffer | undefined;
  readonly content: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface StoredEmailToken extends NewEmailToken {
  readonly provenAt: Date | undefined;
}

/** Who may enter the code: the browser that requested it, or a signed-in user. */
export interface ProofHolder {
  readonly bindingHash?: Buffer | undefined;
  readonly userId?: string | undefined;
}

interface EmailTokenRow {
  id: string;
  kind: EmailTokenKind;
  subject: string;
  user_id: string | null;
  email: string;
  email_key: string;
  link_hash: Buffer | Uint8Array;
  code_hash: Buffer | Uint8Array | null;
  binding_hash: Buffer | Uint8Array | null;
  content: string;
  created_at: Date;
  expires_at: Date;
  proven_at: Date | null;
}

const columns = `id, kind, subject, user_id, email, email_key, link_hash, code_hash, binding_hash,
  content, created_at, expires_at`;

// A separate statement, so that the snapshot of the next statement is taken after the lock is held
// and includes what the previous holder wrote.
const lock: Statement = {
  name: 'mail_proof_lock',
  text: `select pg_advisory_xact_lock(hashtextextended('mail proof ' || $1 || ' ' || $2, 0))`,
};

// The insert reads from the update, so that the update is complete when the unique index is
// checked.
const replace: Statement = {
  name: 'mail_proof_replace',
  text: `
    with replaced as (
      update mail_proofs
         set replaced_at = $11
       where kind = $2 and subject = $3 and replaced_at is null and used_at is null
      returning 1
    )
    insert into mail_proofs (${columns})
    select $1::uuid, $2, $3, $4::uuid, $5, $6, $7::bytea, $8::bytea, $9::bytea, $10,
           $11::timestamptz, $12::timestamptz
      from (select count(*) from replaced) as done`,
};

const isWaiting = 'used_at is null and expires_at > $1';
const isOpen = `${isWaiting} and replaced_at is null`;

function find(name: string, condition: string): Statement {
  return {
    name: `mail_proof_by_${name}`,
    text: `
      select ${columns}, case when replaced_at is null then proven_at end as proven_at
        from mail_proofs
       where ${condition}
       order by created_at desc
       limit 1`,
  };
}

const byLink = find('link', `${isOpen} and link_hash = $2`);
// Includes replaced tokens, so that the page that waits for the code can still be shown.
const byBinding = find('binding', `${isWaiting} and binding_hash = $2 and kind = $3`);
const byUser = find('user', `${isOpen} and user_id = $2 and kind = any ($3::text[])`);

const bySubject = find('subject', `${isOpen} and kind = $2 and subject = $3`);

const invited = find('invited', `${isOpen} and email_key = $2 and kind = 'invitation'`);

// The attempt is counted before the code is compared, so that concurrent attempts all count.
const tryCode: Statement = {
  name: 'mail_proof_try',
  text: `
    update mail_proofs
       set code_attempts = code_attempts + 1
     where ${isOpen} and id = $2 and code_attempts < $3 and (binding_hash = $4 or user_id = $5)
    returning ${columns}, proven_at`,
};

const prove: Statement = {
  name: 'mail_proof_prove',
  text: `update mail_proofs set proven_at = $1 where ${isOpen} and id = $2`,
};

const use: Statement = {
  name: 'mail_proof_use',
  text: `update mail_proofs set used_at = $1, content = '' where ${isOpen} and id = $2`,
};

// The token that reverts a change of address must outlive the change.
const endOfUser: Statement = {
  name: 'mail_proof_end_of_user',
  text: `
    delete from mail_proofs
     where (user_id = $1 or (user_id is null and email_key = $2))
       and kind <> 'email_undo' and used_at is null`,
};

// An operator decides whose account it is; a link in any other mailbox could take it back.
const endRevertsToOthers: Statement = {
  name: 'mail_proof_end_reverts',
  text: `
    delete from mail_proofs
     where user_id = $1 and email_key <> $2 and kind = 'email_undo' and used_at is null`,
};

// A pending change was requested under weaker authentication than the account now requires.
const endChangeOf: Statement = {
  name: 'mail_proof_end_change',
  text: `delete from mail_proofs where user_id = $1 and kind = 'email_change' and used_at is null`,
};

/** Binds the encrypted content to its token. */
export function emailTokenContext(id: string): string {
  return `mail proof ${id}`;
}

export function createEmailTokenStore(db: Database) {
  async function first(
    statement: Statement,
    values: readonly unknown[],
    tx: Knex = db.knex,
  ): Promise<StoredEmailToken | undefined> {
    const [row] = (await db.run<EmailTokenRow>(statement, values, tx)).rows;
    return row && proofFromRow(row);
  }

  return {
    /** Stores a token, replacing an older one of the same kind and subject. */
    async put(proof: NewEmailToken, tx: Knex): Promise<void> {
      const { id, kind, subject, userId, email, emailKey, linkHash, codeHash } = proof;
      const { bindingHash, content, createdAt, expiresAt } = proof;
      const values = [id, kind, subject, userId ?? null, email, emailKey, linkHash];
      const more = [codeHash ?? null, bindingHash ?? null, content, createdAt, expiresAt];
      await db.run(lock, [kind, subject], tx);
      await db.run(replace, [...values, ...more], tx);
    },
    findByLink: (linkHash: Buffer, at: Date) => first(byLink, [at, linkHash]),
    findInvitation: (emailKey: string, at: Date) => first(invited, [at, emailKey]),
    findByBinding: (bindingHash: Buffer, kind: EmailTokenKind, at: Date) =>
      first(byBinding, [at, bindingHash, kind]),
    /** The newest open token of these kinds. */
    findOfUser: (userId: string, kinds: readonly EmailTokenKind[], at: Date) =>
      first(byUser, [at, userId, kinds]),
    findBySubject: (kind: EmailTokenKind, subject: string, at: Date, tx: Knex) =>
      first(bySubject, [at, kind, subject], tx),
    /**
     * Counts an attempt and returns the token, or `undefined` if it is not open, belongs to another
     * holder or has had too many attempts.
     */
    async tryCode(id: string, most: number, { bindingHash, userId }: ProofHolder, at: Date) {
      if (!isUuid(id)) return undefined;
      return first(tryCode, [at, id, most, bindingHash ?? null, userId ?? null]);
    },
    /** Records that the code was entered correctly; the final step is pending. */
    async prove(id: string, at: Date): Promise<boolean> {
      return (await db.run(prove, [at, id])).rowCount === 1;
    },
    /** Consumes the token. Returns true for exactly one of several concurrent callers. */
    async use(id: string, at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(use, [at, id], tx)).rowCount === 1;
    },
    async endChangeOf(userId: string, tx: Knex): Promise<number> {
      return (await db.run(endChangeOf, [userId], tx)).rowCount;
    },
    /** Deletes the tokens that revert to another address than this one, which is the user's. */
    async endRevertsToOthers(userId: string, emailKey: string, tx: Knex): Promise<number> {
      return (await db.run(endRevertsToOthers, [userId, emailKey], tx)).rowCount;
    },
    async endOfUser(userId: string, emailKey: string, tx: Knex): Promise<number> {
      return (await db.run(endOfUser, [userId, emailKey], tx)).rowCount;
    },
  };
}

export type EmailTokenStore = ReturnType<typeof createEmailTokenStore>;

function proofFromRow(row: EmailTokenRow): StoredEmailToken {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    userId: row.user_id ?? undefined,
    email: row.email,
    emailKey: row.email_key,
    linkHash: Buffer.from(row.link_hash),
    codeHash: row.code_hash === null ? undefined : Buffer.from(row.code_hash),
    bindingHash: row.binding_hash === null ? undefined : Buffer.from(row.binding_hash),
    content: row.content,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    provenAt: row.proven_at ?? undefined,
  };
}
