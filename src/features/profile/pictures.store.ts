// Uploaded pictures, at most one per user. Whether one is shown depends on the `picture` claim.
import type { Knex } from 'knex';
import type { PictureFile } from '#core/users/pictures/picture-urls.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface StoredPicture {
  readonly userId: string;
  readonly key: string;
  readonly large: Buffer;
  readonly small: Buffer;
  readonly createdAt: Date;
}

/** The claim ends with the key and `.jpg`; an operator may have replaced it by another URL. */
const isNamedByClaim = "right(u.picture, 47) = p.key || '.jpg'";

const byKey: Statement = {
  name: 'user_picture_by_key',
  text: `
    select case when $2 = 'small' then p.small else p.large end as bytes
      from user_pictures p
      join users u on u.id = p.user_id and ${isNamedByClaim}
     where p.key = $1`,
};

const put: Statement = {
  name: 'user_picture_put',
  text: `
    insert into user_pictures (user_id, key, large, small, created_at)
    values ($1, $2, $3, $4, $5)
        on conflict (user_id) do update
       set key = excluded.key, large = excluded.large, small = excluded.small,
           created_at = excluded.created_at`,
};

const remove: Statement = {
  name: 'user_picture_remove',
  text: 'delete from user_pictures where user_id = $1',
};

export function createPictureStore(db: Database) {
  return {
    /** `undefined` as well if the claim of the user does not name the picture. */
    async find({ key, size }: PictureFile): Promise<Buffer | undefined> {
      const { rows } = await db.run<{ bytes: Uint8Array }>(byKey, [key, size]);
      return rows[0] && Buffer.from(rows[0].bytes);
    },
    /** Replaces the picture of the user. */
    async put({ userId, key, large, small, createdAt }: StoredPicture, tx: Knex): Promise<void> {
      await db.run(put, [userId, key, large, small, createdAt], tx);
    },
    async remove(userId: string, tx: Knex): Promise<void> {
      await db.run(remove, [userId], tx);
    },
  };
}

export type PictureStore = ReturnType<typeof createPictureStore>;
