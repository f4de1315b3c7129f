// Search of accounts, newest first. Each filter has an index (migration 0018). Knex sends the statement
// unnamed, so that PostgreSQL plans it for its values: a rare name needs a different index than a frequent
// one.
import type { Knex } from 'knex';
import { userFromRow, type BlockNote, type UserRow } from '#core/users/users.store.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';

export const userStates = ['active', 'blocked', 'unverified', 'deletion_requested'] as const;
export type UserState = (typeof userStates)[number];

export interface UserSearch {
  /** Beginning of the address, in the form of `canonicalEmail`. */
  readonly emailPrefix?: string | undefined;
  /** Beginnings of words of the name, in any order. */
  readonly name?: string | undefined;
  readonly state?: UserState | undefined;
  readonly role?: string | undefined;
  /** Inclusive. */
  readonly createdFrom?: Date | undefined;
  /** Exclusive. */
  readonly createdTo?: Date | undefined;
}

interface FoundRow extends UserRow {
  /** The time with the precision of the database, which a Date does not have. */
  position: string;
  blocked_reason: string | null;
  blocked_by: string | null;
}

export interface FoundUser {
  readonly user: User;
  readonly note: BlockNote;
}

const isBlockedNow =
  'u.blocked_at is not null and (u.blocked_until is null or u.blocked_until > ?)';

/**
 * Keeps the planner from scanning users in the order of their creation until enough names match, which for a
 * rare name would read all of them.
 */
const byNameFirst = " + interval '0'";

export function createUserSearchStore(db: Database) {
  function withFilters(filter: UserSearch, at: Date): Knex.QueryBuilder<UserRow, FoundRow[]> {
    const { emailPrefix, name, state, role, createdFrom, createdTo } = filter;
    const query = db.knex('users as u');
    if (emailPrefix !== undefined) {
      void query.whereRaw('u.email_key like ?', [`${escapeLike(emailPrefix)}%`]);
    }
    if (name !== undefined) {
      const match = "to_tsvector('simple', coalesce(u.name, '')) @@ to_tsquery('simple', ?)";
      const words = wordsOf(name);
      void query.whereRaw(words === '' ? 'false' : match, words === '' ? [] : [words]);
    }
    if (role !== undefined) {
      const holds = 'exists (select 1 from user_roles r where r.user_id = u.id and r.role = ?)';
      void query.whereRaw(holds, [role]);
    }
    if (createdFrom) void query.where('u.created_at', '>=', createdFrom);
    if (createdTo) void query.where('u.created_at', '<', createdTo);
    if (state === 'active') void query.whereRaw(`not (${isBlockedNow})`, [at]);
    if (state === 'blocked') void query.whereRaw(isBlockedNow, [at]);
    if (state === 'unverified') void query.whereNull('u.email_verified_at');
    if (state === 'deletion_requested') void query.whereNotNull('u.deletion_due_at');
    return query;
  }

  return {
    async search(
      filter: UserSearch,
      { after, limit }: PageRequest,
      at: Date,
    ): Promise<Page<FoundUser>> {
      const query = withFilters(filter, at);
      if (after)
        void query.whereRaw('(u.created_at, u.id) < (?::timestamptz, ?::uuid)', [...after]);
      const rows: FoundRow[] = await query
        .select('u.*', db.knex.raw('u.created_at::text as position'))
        .select(
          db.knex.raw(
            'array(select r.role from user_roles r where r.user_id = u.id order by r.role) as roles',
          ),
        )
        .orderByRaw(`u.created_at${filter.name === undefined ? '' : byNameFirst} desc, u.id desc`)
        .limit(limit + 1);
      const found = cutPage(rows, limit, ({ position, id }) => [position, id]);
      return { ...found, items: found.items.map(foundFromRow) };
    },
  };
}

export type UserSearchStore = ReturnType<typeof createUserSearchStore>;

function foundFromRow(row: FoundRow): FoundUser {
  const note = { reason: row.blocked_reason ?? undefined, by: row.blocked_by ?? undefined };
  return { user: userFromRow(row), note };
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

/** The words as a prefix query: `Ann Be` becomes `('Ann':*) & ('Be':*)`. */
function wordsOf(name: string): string {
  const words = name.normalize('NFC').split(/[^\p{L}\p{M}\p{N}]+/u);
  return words
    .filter((word) => word !== '')
    .map((word) => `(${spellingsOf(word).join(' | ')})`)
    .join(' & ');
}

/** The index folds the case of other letters than a to z only if the locale of the database does. */
function spellingsOf(word: string): readonly string[] {
  if (/^[a-z\d]+$/i.test(word)) return [`'${word}':*`];
  const small = word.toLowerCase();
  const initial = small.replace(/^./u, (letter) => letter.toUpperCase());
  const spellings = new Set([word, small, initial, word.toUpperCase()]);
  return [...spellings].map((spelling) => `'${spelling}':*`);
}
