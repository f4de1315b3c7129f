// Rotates a refresh token and loads its authorization context in one statement (docs/decisions/0066).
import { rotate, rotationValues, type Rotation } from '#core/tokens/refresh-families.store.ts';
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  contextOfFamily,
  refreshContextFromRow,
  type RefreshContext,
  type RefreshContextRow,
} from './authorization-context.store.ts';

/** Members of the content that bind a family to a key, a certificate, an attestation or an organization. */
const bindings = ['jkt', 'x5t#S256', 'attestationJkt', 'organizationId'];

/** What the client asks for. */
export interface RefreshRequest {
  readonly clientId: string;
  /** The API that the request names (RFC 8707 §2.2). */
  readonly resource: string | undefined;
  /** True if the client may use a token that outlives the session (`offline_access`). */
  readonly mayOutliveSession: boolean;
  /** The scopes that the request names; `undefined` for all scopes of the token. */
  readonly scopes: readonly string[] | undefined;
}

// A token is rotated only if no check that follows can refuse the request. The conditions are stricter than the
// rules: for these, iat and exp have whole seconds, and a bound token is never rotated here. If the conditions do
// not hold, nothing is changed, and the rules decide.
const rotateAndLoad: Statement = {
  name: 'refresh_family_rotate_and_load',
  text: `${rotate.text}
       and f.client_id = $8
       and ($9::text is null or f.content ->> 'resource' = $9)
       and ($10::text[] is null or string_to_array(f.content ->> 'scope', ' ') @> $10)
       and g.expires_at > $5
       and date_trunc('second', f.expires_at) > $5
       and date_trunc('second', f.created_at)
             >= all (array_remove(array[u.not_before, c.not_before, e.not_before], null))
       and not jsonb_exists_any(f.content, array[${bindings.map((name) => `'${name}'`).join(', ')}])
       and ($11 or f.content @> '{"expiresWithSession": true}')
       and (not f.content @> '{"expiresWithSession": true}' or exists (
             select from sessions s
              where s.uid = f.content ->> 'sessionUid' and ${isLiveSession('$5')}
                and s.user_id = f.user_id
                and s.authorizations -> f.client_id ->> 'grantId' = f.grant_id))
      returning ${contextOfFamily('$5')}`,
};

export function createImmediateRotationStore(db: Database) {
  return {
    /** Returns the context, with the family as it is after the rotation; `undefined` if nothing was rotated. */
    async rotate(
      rotation: Rotation,
      { clientId, resource, scopes, mayOutliveSession }: RefreshRequest,
    ): Promise<RefreshContext | undefined> {
      const asked = [clientId, resource ?? null, scopes ?? null, mayOutliveSession];
      const values = [...rotationValues(rotation), ...asked];
      const { rows } = await db.run<RefreshContextRow>(rotateAndLoad, values);
      return rows[0] && refreshContextFromRow(rows[0]);
    },
  };
}

export type ImmediateRotationStore = ReturnType<typeof createImmediateRotationStore>;
