// Adapter for grants. oidc-provider loads the grant before it accepts any token that belongs to
// one.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Grant, GrantStore, NewGrant } from '#core/tokens/grants.store.ts';
import { isDeviceRoute } from '#oidc/asynchronous/device-routes.ts';
import { adapterWith } from './adapter.ts';
import type { RegisteredClaims } from '#oidc/clients/registered-claims.ts';
import { providerContext } from '#oidc/provider-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { requireText, seconds } from './payload.ts';

export interface GrantAdapterDependencies {
  readonly grants: GrantStore;
  readonly facts: RequestFacts;
  readonly registered: Pick<RegisteredClaims, 'limitGrant'>;
  readonly invalidation: Invalidation;
  /**
   * True if this request revokes the grant elsewhere: with its refresh token, or by reuse
   * detection.
   */
  readonly isEndedElsewhere: (grantId: string) => boolean;
  readonly now: () => Date;
}

export function createGrantAdapter(dependencies: GrantAdapterDependencies): Adapter {
  const { grants, facts, registered, invalidation, now, isEndedElsewhere } = dependencies;
  return adapterWith({
    async find(id) {
      const grant = await facts.grant(id);
      if (!grant) return undefined;
      const openid = await registered.limitGrant(grant.clientId, grant.content['openid']);
      return payloadOf({ ...grant, content: { ...grant.content, openid } });
    },
    async upsert(id, payload, expiresIn = 0) {
      const { openid, resources, rejected, rar } = payload;
      const grant: NewGrant = {
        id,
        userId: requireText(payload.accountId, 'accountId'),
        clientId: requireText(payload.clientId, 'clientId'),
        content: { openid, resources, rejected, rar },
        createdAt: now(),
        expiresAt: new Date(now().getTime() + expiresIn * 1000),
        sessionUid: sessionUidOfGrant(),
      };
      const { user } = await facts.user(grant.userId);
      if (!user || !(await grants.save(grant, user))) {
        throw new errors.AccessDenied('the session or consent of the grant was revoked');
      }
      facts.rememberGrant(grant);
    },
    async destroy(id) {
      // oidc-provider destroys the token and the grant independently. Revoking the grant here would
      // lose the reason for which its family was revoked.
      if (isEndedElsewhere(id)) return;
      const ended = await grants.revoke(id, now());
      facts.forget();
      if (ended) await invalidation.publish({ userId: ended.userId });
    },
  });
}

/** A device's grant does not end with the session in which it was approved. */
function sessionUidOfGrant(): string | undefined {
  const { route, session } = providerContext()?.oidc ?? {};
  return isDeviceRoute(route) ? undefined : session?.uid;
}

function payloadOf(grant: Grant): AdapterPayload {
  return {
    ...grant.content,
    jti: grant.id,
    kind: 'Grant',
    accountId: grant.userId,
    clientId: grant.clientId,
    iat: seconds(grant.createdAt),
    exp: seconds(grant.expiresAt),
  };
}
