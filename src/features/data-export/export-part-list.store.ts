// The personal data of a user, table by table, in the form of the data export. It contains no
// secrets, no hashes of secrets and no data about other users. Read by export-parts.store.ts.

/** A list of the export; the statement selects `at`, `id` and `entry`, ordered by the first two. */
interface ListedPart {
  readonly name: string;
  readonly text: string;
}

const time = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** SQL for a JSON object with one member per pair of name and column. */
function entryOf(members: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(members).map(([name, column]) => `'${name}', ${column}`);
  return `jsonb_build_object(${pairs.join(', ')}) as entry`;
}

interface PartSource {
  readonly name: string;
  readonly from: string;
  /** A unique sort key of time and id; for a large table, one that an index covers. */
  readonly at: string;
  readonly id: string;
  readonly idType: 'text' | 'uuid';
  readonly where?: string;
  readonly members: Readonly<Record<string, string>>;
}

function part({ name, from, at, id, idType, where, members }: PartSource): ListedPart {
  const first = idType === 'uuid' ? "'00000000-0000-0000-0000-000000000000'" : "''";
  return {
    name,
    text: `
      select ${at}::text as at, ${id}::text as id, ${entryOf(members)}
        from ${from}
       where e.user_id = $1 ${where ? `and ${where}` : ''}
         and (${at}, ${id}) > (coalesce($2::timestamptz, '-infinity'),
                               coalesce($3::${idType}, ${first}))
       order by ${at}, ${id}
       limit $4`,
  };
}

// The address, device and details of another actor must not be exported.
const isOwn = `(e.actor_kind = 'anonymous' or (e.actor_kind = 'user' and e.actor_id = e.user_id::text))`;

/** A table that holds personal data needs a part here. */
export const exportParts: readonly ListedPart[] = [
  part({
    name: 'activity',
    from: 'audit_events e',
    at: 'e.at',
    id: 'e.id',
    idType: 'uuid',
    members: {
      at: time('e.at'),
      event: 'e.event',
      by: `case when ${isOwn} then 'you' else e.actor_kind end`,
      app: 'e.client_id',
      address: `case when ${isOwn} then e.personal ->> 'address' end`,
      device: `case when ${isOwn} then e.personal ->> 'device' end`,
      details: `case when ${isOwn} then nullif(e.details, '{}') end`,
    },
  }),
  part({
    name: 'apps',
    from: 'consents e left join clients c using (client_id)',
    at: 'e.granted_at',
    id: 'e.client_id',
    idType: 'text',
    members: {
      app: 'e.client_id',
      name: `c.metadata ->> 'client_name'`,
      scopes: 'e.scopes',
      claims: 'e.claims',
      apis: 'e.resources',
      allowed_at: time('e.granted_at'),
      changed_at: time('e.updated_at'),
    },
  }),
  part({
    name: 'app_tokens',
    from: 'refresh_families e',
    at: 'e.created_at',
    id: 'e.id',
    idType: 'uuid',
    members: {
      app: 'e.client_id',
      created_at: time('e.created_at'),
      last_used_at: time('e.rotated_at'),
      expires_at: time('e.expires_at'),
      ended_at: time('e.ended_at'),
      uses: 'e.rotations',
    },
  }),
  part({
    name: 'devices',
    from: 'user_devices e',
    at: 'e.first_used_at',
    id: `encode(e.device_id, 'hex')`,
    idType: 'text',
    members: {
      first_used_at: time('e.first_used_at'),
      last_used_at: time('e.last_used_at'),
    },
  }),
  part({
    name: 'grants',
    from: 'grants e',
    at: 'e.created_at',
    id: 'e.id',
    idType: 'text',
    // Revoked rows could only be found by a full table scan; the activity part has the revocations.
    where: 'e.revoked_at is null',
    members: {
      app: 'e.client_id',
      created_at: time('e.created_at'),
      expires_at: time('e.expires_at'),
      scope: `e.content -> 'openid' ->> 'scope'`,
      apis: `e.content -> 'resources'`,
    },
  }),
  part({
    name: 'linked_accounts',
    from: 'identities e',
    at: 'e.linked_at',
    id: 'e.id',
    idType: 'uuid',
    members: {
      issuer: 'e.issuer',
      subject: 'e.subject',
      email: 'e.email',
      linked_at: time('e.linked_at'),
      last_used_at: time('e.last_used_at'),
    },
  }),
  part({
    name: 'mail',
    from: 'outbox e',
    at: 'e.created_at',
    id: 'e.id',
    idType: 'uuid',
    where: `e.kind = 'mail'`,
    members: {
      written_at: time('e.created_at'),
      sent_at: time('e.sent_at'),
      given_up_at: time('e.dead_at'),
    },
  }),
  part({
    name: 'mailbox_proofs',
    from: 'mail_proofs e',
    at: 'e.created_at',
    id: 'e.id',
    idType: 'uuid',
    members: {
      kind: 'e.kind',
      email: 'e.email',
      asked_at: time('e.created_at'),
      expires_at: time('e.expires_at'),
      used_at: time('e.used_at'),
    },
  }),
  part({
    name: 'passkeys',
    from: 'passkeys e',
    at: 'e.created_at',
    id: `encode(e.credential_id, 'hex')`,
    idType: 'text',
    members: {
      name: 'e.name',
      is_synced: 'e.backed_up',
      created_at: time('e.created_at'),
      last_used_at: time('e.last_used_at'),
    },
  }),
  part({
    name: 'sessions',
    from: 'sessions e',
    at: 'e.created_at',
    id: 'e.uid',
    idType: 'text',
    where: 'e.ended_at is null',
    members: {
      created_at: time('e.created_at'),
      signed_in_at: time('e.login_at'),
      last_used_at: time('e.last_used_at'),
      expires_at: time('e.expires_at'),
      address: 'e.address',
      device: 'e.device',
      signed_in_with: 'e.amr',
      apps: '(select jsonb_agg(app) from jsonb_object_keys(e.authorizations) as app)',
    },
  }),
  part({
    name: 'supplements',
    from: 'user_supplements e',
    at: 'e.updated_at',
    id: 'e.namespace',
    idType: 'text',
    where: 'e.value is not null',
    members: {
      namespace: 'e.namespace',
      version: 'e.version',
      updated_at: time('e.updated_at'),
      value: 'e.value',
    },
  }),
];

// Only times and counts are selected, so that the columns with secrets are never read.
export const signInMethodsText = `
    select ${entryOf({
      password_changed_at: `(select ${time('changed_at')} from password_credentials where user_id = $1)`,
      codes_from_app_since: `(select ${time('confirmed_at')} from totp_credentials where user_id = $1)`,
      codes_from_app_last_used_at: `(select ${time('last_used_at')} from totp_credentials where user_id = $1)`,
      recovery_codes_left:
        '(select count(*) from recovery_codes where user_id = $1 and used_at is null)',
      terms_version: '(select terms_version from users where id = $1)',
      terms_accepted_at: `(select ${time('terms_accepted_at')} from users where id = $1)`,
    })}`;
