// Patch: a token response for the scope device_sso contains the device secret, and the ID token contains its
// hash (OpenID Connect Native SSO 1.0 §3.2, §3.3).
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { nativeSsoMember } from '#core/clients/client-policies.ts';
import { splitScope } from '#core/clients/scopes.ts';
import {
  deviceScope,
  deviceSecretHash,
  type DeviceSecrets,
} from '#oidc/native-sso/device-secrets.ts';

/** The source from which tokens are issued: a code, a refresh token, or the source of an exchange. */
interface Source {
  readonly scope?: string | undefined;
  readonly accountId?: string | undefined;
  readonly sessionUid?: string | undefined;
}

/** The entity of a request that exchanges a device secret. */
export const exchangeSource = 'NativeSsoSource';

export function issueDeviceSecrets(provider: Provider, secrets: DeviceSecrets): void {
  function secretOf({ oidc }: KoaContextWithOIDC): string | undefined {
    const group = oidc.client?.[nativeSsoMember];
    if (typeof group !== 'string') return undefined;
    const { [exchangeSource]: exchanged, AuthorizationCode, RefreshToken } = oidc.entities;
    const source: Source | undefined = exchanged ?? AuthorizationCode ?? RefreshToken;
    const { scope, accountId: userId, sessionUid } = source ?? {};
    if (!userId || !sessionUid || !splitScope(scope).includes(deviceScope)) return undefined;
    return secrets.of({ sessionUid, userId, group });
  }

  const issue = provider.IdToken.prototype.issue;
  provider.IdToken.prototype.issue = function issueWithHash(
    this: InstanceType<typeof provider.IdToken>,
    context,
  ) {
    const secret = context.use === 'idtoken' && this.ctx ? secretOf(this.ctx) : undefined;
    if (secret !== undefined) this.set('ds_hash', deviceSecretHash(secret));
    return issue.call(this, context);
  };

  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const secret = secretOf(ctx);
    if (secret !== undefined) ctx.body = { ...Object(ctx.body), device_secret: secret };
  });
}
