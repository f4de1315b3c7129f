// Clients that no operator registered: by dynamic registration (RFC 7591, RFC 7592) or by a metadata
// document, the tokens that permit a registration, and the issuers of software statements.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table clients
      add column origin text not null default 'operator'
        check (origin in ('operator', 'registration', 'document'));
    create index clients_dynamic on clients (created_at) where origin <> 'operator';

    create table initial_access_tokens (
      id          uuid primary key,
      token_hash  text not null unique,            -- SHA-256, base64url
      description text,
      max_uses    integer not null check (max_uses > 0),
      uses        integer not null default 0 check (uses between 0 and max_uses),
      created_at  timestamptz not null,
      expires_at  timestamptz not null
    );

    create table client_registrations (
      client_id  text primary key references clients (client_id) on delete cascade,
      token_hash text not null unique,             -- of the registration access token, as above
      initial_access_token_id uuid,                -- null: registration was open
      software_statement text                      -- as it was sent; null: none
    );

    create table software_statement_issuers (
      issuer      text primary key,                -- the iss of its statements
      jwks        jsonb,                           -- its public keys, or
      jwks_uri    text,                            -- where they are
      description text,
      created_at  timestamptz not null,
      constraint software_statement_issuers_keys check ((jwks is null) <> (jwks_uri is null))
    );

    create table client_documents (
      client_id   text primary key references clients (client_id) on delete cascade,
      fetched_at  timestamptz not null,
      fresh_until timestamptz not null
    )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table client_documents, software_statement_issuers, client_registrations,
      initial_access_tokens;
    drop index clients_dynamic;
    alter table clients drop column origin
  `);
}
