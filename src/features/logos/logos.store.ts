// Copies of logos, and the logos that are due to be fetched. The URLs are those of the registered clients and
// of the configured identity providers.
import type { LogoImage } from '#platform/images/logo-image.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface DueLogo {
  readonly key: string;
  readonly url: string;
  readonly failures: number;
}

export interface LogoClaim {
  readonly providerUrls: readonly string[];
  readonly at: Date;
  /** Identifies the claim: a later claim has another time. */
  readonly until: Date;
}

// The update repeats the condition, so that of two nodes that select the same logo, only one claims it.
const claim: Statement = {
  name: 'logo_claim',
  text: `
    with wanted as (
      select metadata ->> 'logo_uri' as url from clients where metadata ? 'logo_uri'
       union
      select unnest($1::text[])
    ), keyed as (
      select url, translate(encode(sha256(convert_to(url, 'UTF8')), 'base64'), '+/=', '-_') as key
        from wanted
       where url like 'https://%' and length(url) <= 2000
    ), due as (
      select k.key, k.url
        from keyed k
        left join logos l on l.key = k.key
       where l.key is null or l.next_fetch_at <= $2
       order by l.next_fetch_at nulls first
       limit 1
    )
    insert into logos as l (key, url, next_fetch_at)
    select key, url, $3 from due
        on conflict (key) do update set next_fetch_at = excluded.next_fetch_at
     where l.next_fetch_at <= $2
    returning key, url, failures`,
};

const put: Statement = {
  name: 'logo_put',
  text: `
    update logos
       set image = $3, media_type = $4, failures = 0, next_fetch_at = $5
     where key = $1 and next_fetch_at = $2`,
};

// An existing copy is kept.
const postpone: Statement = {
  name: 'logo_postpone',
  text: `
    update logos set failures = failures + 1, next_fetch_at = $3
     where key = $1 and next_fetch_at = $2`,
};

const byKey: Statement = {
  name: 'logo_by_key',
  text: 'select media_type, image from logos where key = $1 and image is not null',
};

export function createLogoStore(db: Database) {
  return {
    /** The next logo to fetch; no other node claims it before `until`. */
    async claim({ providerUrls, at, until }: LogoClaim): Promise<DueLogo | undefined> {
      const { rows } = await db.run<DueLogo>(claim, [providerUrls, at, until]);
      return rows[0];
    },
    /** Without effect if the claim has ended and another node fetched the logo. */
    async put(key: string, until: Date, image: LogoImage, nextAt: Date): Promise<void> {
      await db.run(put, [key, until, image.bytes, image.mediaType, nextAt]);
    },
    async postpone(key: string, until: Date, nextAt: Date): Promise<void> {
      await db.run(postpone, [key, until, nextAt]);
    },
    async find(key: string): Promise<LogoImage | undefined> {
      const { rows } = await db.run<{ media_type: LogoImage['mediaType']; image: Uint8Array }>(
        byKey,
        [key],
      );
      return rows[0] && { mediaType: rows[0].media_type, bytes: Buffer.from(rows[0].image) };
    },
  };
}

export type LogoStore = ReturnType<typeof createLogoStore>;
