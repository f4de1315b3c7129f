// The feature of oidc-provider for OpenID CIBA (Core 1.0), in the modes poll and ping: a client names a user,
// who decides in the account. This file decides which parameters are accepted.
import { errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { organizationParameter } from '#oidc/access-control/organization.ts';
import { pollingIntervalSeconds } from './polling.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['ciba']>;

/** Letters of any script, digits, spaces and common punctuation, so no links or line breaks. */
const wellFormedMessage = /^[\p{L}\p{M}\p{N} .,:;!?#+*()_-]{1,64}$/u;

/** Lifetime of a request in seconds, unless the client asks for less. */
export const backchannelSeconds = 600;

export function backchannelFeature({ users }: { readonly users: UserStore }): Feature {
  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],
    /** An unverified address may belong to a different person than the account. */
    async processLoginHint(_ctx, hint) {
      const user = await users.findByEmailKey(canonicalEmail(hint ?? ''));
      return user?.emailVerified ? user.id : undefined;
    },
    async processLoginHintToken() {
      // CIBA Core 1.0 §7.1 defines no format of the token, so it is not supported.
      throw new errors.InvalidRequest('login_hint_token is not supported');
    },
    validateBindingMessage(_ctx, message) {
      if (message === undefined || wellFormedMessage.test(message)) return;
      throw new errors.InvalidBindingMessage(
        'binding_message must be 1 to 64 letters, digits, spaces or .,:;!?#+*()_-',
      );
    },
    validateRequestContext({ oidc }) {
      if (oidc.params?.[organizationParameter] === undefined) return;
      throw new errors.InvalidRequest(`${organizationParameter} is not supported here`);
    },
    // No client is registered with `backchannel_user_code_parameter`.
    async verifyUserCode() {},
    /** Nothing to do: the mail was queued together with the request. */
    async triggerAuthenticationDevice(ctx) {
      ctx.body = { ...Object(ctx.body), interval: pollingIntervalSeconds };
    },
  };
}

/** A client may ask for a shorter time (CIBA Core 1.0 §7.1). */
export function lifetimeOfRequest({ oidc }: KoaContextWithOIDC): number {
  const requested = Number(oidc.params?.['requested_expiry'] ?? backchannelSeconds);
  return Math.min(backchannelSeconds, Math.max(1, requested));
}
