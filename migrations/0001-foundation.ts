// The tables a first sign-in needs. Columns that no name explains carry a comment.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table epochs (
      only_row   boolean primary key default true check (only_row),
      not_before timestamptz                       -- nothing issued earlier is accepted, for anybody
    );
    insert into epochs default values;

    create table users (
      id                    uuid primary key,      -- the OpenID Connect sub, never reassigned
      email                 text not null,         -- as the person wrote it
      email_key             text not null unique,  -- NFKC, case-folded: look-up, uniqueness, throttling
      email_verified_at     timestamptz,           -- null: not proved
      name                  text,
      given_name            text,
      family_name           text,
      middle_name           text,
      nickname              text,
      preferred_username    text,
      profile               text,
      picture               text,
      website               text,
      gender                text,
      birthdate             text,                  -- ISO 8601 date, year may be 0000 (OIDC Core 5.1)
      zoneinfo              text,
      locale                text,
      phone_number          text,
      phone_number_verified boolean,
      address               jsonb,                 -- OIDC Core 5.1.1
      blocked_at            timestamptz,           -- null: may act
      not_before            timestamptz,           -- nothing issued to the person earlier is accepted
      created_at            timestamptz not null,
      updated_at            timestamptz not null
    );

    create table password_credentials (
      user_id    uuid primary key references users (id) on delete cascade,
      hash       text not null,                    -- PHC string, argon2id
      changed_at timestamptz not null
    );

    create table user_roles (
      user_id    uuid not null references users (id) on delete cascade,
      role       text not null check (role in ('admin')),
      granted_at timestamptz not null,
      primary key (user_id, role)
    );

    create table setup_links (
      token_hash bytea primary key,                -- the one-time link that makes the first administrator
      created_at timestamptz not null,
      used_at    timestamptz
    );

    create table clients (
      client_id     text primary key,
      secret_hash   text,                          -- SHA-256 of a generated secret, base64url; null: public or key-based
      first_party   boolean not null default false,-- set by operators only: consent is not asked
      resources     text[] not null default '{}',  -- audiences whose tokens this client may introspect
      metadata      jsonb not null,                -- RFC 7591 members, without the secret
      disabled_at   timestamptz,
      not_before    timestamptz,                   -- nothing issued to the client earlier is accepted
      created_at    timestamptz not null,
      updated_at    timestamptz not null
    );

    create table api_resources (
      audience             text primary key,       -- absolute URI, RFC 8707 resource indicator
      scopes               text[] not null,
      access_token_format  text not null check (access_token_format in ('opaque', 'jwt')),
      access_token_seconds integer check (access_token_seconds > 0),  -- null: the general setting
      created_at           timestamptz not null
    );

    create table consents (
      user_id    uuid not null references users (id) on delete cascade,
      client_id  text not null references clients (client_id) on delete cascade,
      scopes     text[] not null,                  -- OpenID Connect scopes
      claims     text[] not null,                  -- single claims asked for by the claims parameter
      resources  jsonb not null,                   -- audience to space-separated scopes
      granted_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (user_id, client_id)
    );

    create table sessions (
      uid            text primary key,             -- names the session, is no secret
      id_hash        bytea not null unique,        -- SHA-256 of the one cookie value that is good now
      user_id        uuid,                         -- null: the browser has not signed in yet
      login_at       timestamptz,
      acr            text,
      amr            text[],
      transient      boolean not null default false,
      state          jsonb,                        -- the logout form in progress
      authorizations jsonb not null default '{}',  -- client_id to {sid, grantId, persistsLogout}, merged, never replaced
      created_at     timestamptz not null,
      last_used_at   timestamptz not null,
      expires_at     timestamptz not null,
      ended_at       timestamptz                   -- an ended session stays as its own tombstone until it expires
    );
    create index sessions_user on sessions (user_id) where ended_at is null;
    create index sessions_newest on sessions (created_at desc, uid desc)
     where ended_at is null and user_id is not null;
    create index sessions_expiry on sessions (expires_at);

    create table grants (
      id          text primary key,
      user_id     uuid not null,
      client_id   text not null,
      content     jsonb not null,                  -- openid, resources, rejected, rar as the engine writes them
      created_at  timestamptz not null,
      expires_at  timestamptz not null,
      revoked_at  timestamptz                      -- the switch that kills every token of the grant
    );
    create index grants_user on grants (user_id) where revoked_at is null;
    create index grants_client on grants (client_id) where revoked_at is null;
    create index grants_expiry on grants (expires_at);

    create table refresh_families (
      id            uuid primary key,
      grant_id      text not null,
      user_id       uuid not null,
      client_id     text not null,
      generation    integer not null default 0,
      current_hash  bytea not null,                -- SHA-256 of the token of this generation
      previous_hash bytea,                         -- of the one before: a retry inside the leeway
      rotated_at    timestamptz,
      content       jsonb not null,                -- what the engine keeps beside the columns: scope, claims, acr ...
      rotations     jsonb not null default '[]',   -- the last few: generation, time, address, device
      created_at    timestamptz not null,
      expires_at    timestamptz not null,          -- absolute, rotation never extends it (RFC 9700 4.14.2)
      ended_at      timestamptz,
      ended_because text check (ended_because in ('revoked', 'reused'))
    );
    create index refresh_families_grant on refresh_families (grant_id);
    -- Full indexes: a partial one would have to change whenever a family ends.
    create index refresh_families_user on refresh_families (user_id, created_at desc, id desc);
    create index refresh_families_client on refresh_families (client_id);
    create index refresh_families_expiry on refresh_families (expires_at);

    create table code_redemptions (
      code_hash   bytea primary key,               -- the row is the once-ness of an authorization code
      grant_id    text not null,
      redeemed_at timestamptz not null,
      expires_at  timestamptz not null
    );
    create index code_redemptions_expiry on code_redemptions (expires_at);

    create table signing_keys (
      kid         text primary key,
      alg         text not null,
      status      text not null check (status in ('next', 'active', 'retiring', 'retired')),
      public_jwk  jsonb not null,
      sealed_jwk  text not null,                   -- private JWK, AES-256-GCM, names its encryption key
      created_at  timestamptz not null
    );
    create unique index signing_keys_one_active on signing_keys (alg) where status = 'active';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table signing_keys, code_redemptions, refresh_families, grants, sessions, consents,
      api_resources, clients, setup_links, user_roles, password_credentials, users, epochs
  `);
}
