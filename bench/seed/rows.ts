// SQL that makes rows from numbers: row n is the same in every run, apart from the current time. Users
// are referred to by their number, so that later rows need no look-up.

/** Numbers of rows. */
export interface Sizes {
  readonly users: number;
  readonly sessions: number;
  readonly auditEvents: number;
}

const fullSizes: Sizes = { users: 100_000, sessions: 50_000, auditEvents: 1_000_000 };

/** Options of the command line. */
export const sizeOptions = {
  users: { type: 'string' },
  sessions: { type: 'string' },
  'audit-events': { type: 'string' },
} as const;

export function readSizes(values: {
  readonly [Name in keyof typeof sizeOptions]?: string | undefined;
}): Sizes {
  return {
    users: readSize(values.users, fullSizes.users),
    sessions: readSize(values.sessions, fullSizes.sessions),
    auditEvents: readSize(values['audit-events'], fullSizes.auditEvents),
  };
}

function readSize(text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`Not a number of rows: ${text}`);
  return value;
}

/** A statement that inserts the rows `$1` to `$2`; `count` is the number of all rows. */
export interface Filling {
  readonly table: string;
  readonly count: number;
  readonly text: string;
  /** Values from `$3` on. */
  readonly values?: readonly unknown[];
}

const clients = 200;
const roles = 20;
const groups = 50;
const organizations = 100;

const id = (kind: string, number: string) => `md5('${kind} ' || ${number})::uuid`;
/** A pseudo-random number from 0 to below `limit` for each n. */
const scatter = (number: string, limit: number) =>
  `(hashint8(${number}) & 2147483647) % ${Math.max(limit, 1)}`;
const pick = (words: string, number: string) =>
  `(string_to_array('${words}', ' '))[1 + ${scatter(number, words.split(' ').length)}]`;
const numbers = 'generate_series($1::bigint, $2::bigint) n';

const givenNames =
  'Ada Alan Barbara Claude Dennis Edsger Frances Grace Hedy Ivan Joan Ken Lynn Margaret Niklaus Olga Peter Radia Sophie Tim';
const familyNames =
  'Allen Boole Clarke Dijkstra Engelbart Floyd Goldberg Hopper Iverson Johnson Knuth Lamport Moore Noether Perlman Ritchie Shannon Turing Wirth Zuse';

/** All entries are equally likely; frequent events are repeated. */
const events =
  'sign_in.succeeded sign_in.succeeded sign_in.succeeded sign_in.succeeded sign_in.succeeded sign_in.refused sign_in.refused session.ended session.ended consent.given profile.changed password.changed device.new grant.revoked passkey.added email.verified factor.added recovery.requested refresh_token.reused sign_in.throttled';

export interface Materials {
  /** The hash of the password of all users. */
  readonly passwordHash: string;
  /** Personal data of audit events, as JSON, and its digests. */
  readonly personal: readonly string[];
  readonly digests: readonly Buffer[];
}

export function fillings(sizes: Sizes, materials: Materials): readonly Filling[] {
  return [
    ...people(sizes, materials),
    ...authorization(sizes),
    ...access(sizes),
    audit(sizes, materials),
  ];
}

function people({ users }: Sizes, { passwordHash }: Materials): readonly Filling[] {
  return [
    {
      table: 'users',
      count: users,
      text: `
        insert into users (id, email, email_key, email_verified_at, name, given_name, family_name,
               locale, blocked_at, blocked_reason, created_at, updated_at)
        select ${id('user', 'n')}, email, email, case when n % 20 > 0 then born end,
               given_name || ' ' || family_name, given_name, family_name, 'en',
               case when n % 100 = 0 then now() end, case when n % 100 = 0 then 'Spam' end, born, born
          from ${numbers},
               lateral (select ${pick(givenNames, 'n')} as given_name,
                               ${pick(familyNames, 'n + 7')} as family_name,
                               now() - make_interval(mins => ${scatter('n + 13', 1_500_000)}::integer) as born) person,
               lateral (select lower(given_name || '.' || family_name) || n || '@example.com' as email) address`,
    },
    {
      table: 'password_credentials',
      count: users,
      text: `
        insert into password_credentials (user_id, hash, changed_at)
        select ${id('user', 'n')}, $3, now() from ${numbers}`,
      values: [passwordHash],
    },
  ];
}

function authorization({ users }: Sizes): readonly Filling[] {
  return [
    {
      table: 'clients',
      count: clients,
      text: `
        insert into clients (client_id, first_party, metadata, created_at, updated_at)
        select 'app-' || n, n % 4 = 0, jsonb_build_object(
                 'client_id', 'app-' || n, 'client_name', 'App ' || n,
                 'redirect_uris', jsonb_build_array('https://app-' || n || '.example/callback'),
                 'grant_types', jsonb_build_array('authorization_code', 'refresh_token'),
                 'response_types', jsonb_build_array('code'),
                 'token_endpoint_auth_method', 'none'), now(), now()
          from ${numbers}`,
    },
    {
      table: 'roles',
      count: roles,
      text: `
        insert into roles (id, name, created_at) select 'role-' || n, 'role-' || n, now() from ${numbers}`,
    },
    {
      table: 'user_roles',
      count: Math.floor(users / 10),
      text: `
        insert into user_roles (user_id, role, granted_at)
        select ${id('user', 'n * 10')}, 'role-' || 1 + ${scatter('n', roles)}, now() from ${numbers}`,
    },
    {
      table: 'user_groups',
      count: groups,
      text: `
        insert into user_groups (id, name, created_at)
        select ${id('group', 'n')}, 'Team ' || n, now() from ${numbers}`,
    },
    {
      table: 'group_members',
      count: Math.floor(users / 2),
      text: `
        insert into group_members (group_id, user_id, added_at)
        select ${id('group', `(1 + ${scatter('n', groups)})`)}, ${id('user', 'n * 2')}, now() from ${numbers}`,
    },
    {
      table: 'organizations',
      count: organizations,
      text: `
        insert into organizations (id, name, display_name, created_at)
        select ${id('organization', 'n')}, 'company-' || n, 'Company ' || n, now() from ${numbers}`,
    },
    {
      table: 'organization_members',
      count: Math.floor(users / 2),
      text: `
        insert into organization_members (organization_id, user_id, added_at)
        select ${id('organization', `(1 + ${scatter('n', organizations)})`)}, ${id('user', 'n * 2')}, now()
          from ${numbers}`,
    },
  ];
}

/** Each session has signed in to one client, which holds a grant and a refresh token. */
function access({ users, sessions }: Sizes): readonly Filling[] {
  const user = id('user', `(1 + ${scatter('n', users)})`);
  const client = `'app-' || 1 + ${scatter('n + 3', clients)}`;
  const began = `now() - make_interval(mins => ${scatter('n', 20_000)}::integer)`;
  return [
    {
      table: 'sessions',
      count: sessions,
      text: `
        insert into sessions (uid, id_hash, user_id, login_at, signed_in_at, acr, amr, authorizations,
               created_at, last_used_at, expires_at, address, device)
        select 'session-' || n, sha256(('session ' || n)::bytea), ${user}, began, began,
               'urn:ostiary:acr:pwd', '{pwd}', jsonb_build_object(${client}, jsonb_build_object(
                 'sid', 'sid-' || n, 'grantId', 'grant-' || n, 'persistsLogout', false)),
               began, began, began + interval '30 days', '198.51.100.' || n % 250,
               'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
          from ${numbers}, lateral (select ${began} as began) time`,
    },
    {
      table: 'grants',
      count: sessions,
      text: `
        insert into grants (id, user_id, client_id, content, created_at, expires_at, session_uid)
        select 'grant-' || n, ${user}, ${client},
               '{"openid": {"scope": "openid offline_access"}}', began, began + interval '30 days',
               'session-' || n
          from ${numbers}, lateral (select ${began} as began) time`,
    },
    {
      table: 'refresh_families',
      count: sessions,
      text: `
        insert into refresh_families (id, grant_id, user_id, client_id, generation, current_hash,
               rotated_at, content, created_at, expires_at, ended_at, ended_because)
        select ${id('family', 'n')}, 'grant-' || n, ${user}, ${client}, n % 40,
               sha256(('refresh ' || n)::bytea), began, '{"scope": "openid offline_access"}', began,
               began + interval '30 days', case when n % 50 = 0 then now() end,
               case when n % 50 = 0 then 'reused' end
          from ${numbers}, lateral (select ${began} as began) time`,
    },
    {
      table: 'consents',
      count: sessions,
      text: `
        insert into consents (user_id, client_id, scopes, claims, resources, granted_at, updated_at)
        select ${user}, ${client}, '{openid,offline_access}', '{}', '{}', now(), now()
          from ${numbers}
            on conflict do nothing`,
    },
  ];
}

/** One event every eight seconds, over the last three months; ids increase with time. */
function audit({ users, auditEvents }: Sizes, { personal, digests }: Materials): Filling {
  return {
    table: 'audit_events',
    count: auditEvents,
    text: `
      insert into audit_events (id, at, event, actor_kind, actor_id, user_id, client_id, details,
             personal, personal_digest)
      select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
                || substr(md5('event ' || n), 1, 3) || '8' || substr(md5('event ' || n), 4, 15))::uuid,
             at, ${pick(events, 'n')}, 'user', person::text, person,
             case when n % 3 > 0 then 'app-' || 1 + ${scatter('n + 5', clients)} end, '{}',
             ($4::text[])[1 + n % $6]::jsonb, ($5::bytea[])[1 + n % $6]
        from ${numbers},
             lateral (select ${id('user', `(1 + ${scatter('n + 11', users)})`)} as person,
                             now() - make_interval(secs => ($3::bigint - n) * 8.0) as at) event`,
    values: [auditEvents, personal, digests, personal.length],
  };
}
