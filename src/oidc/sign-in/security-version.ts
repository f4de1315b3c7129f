// Passes the security version of a sign-in to the session adapter, which oidc-provider calls
// without it: from our own pages through the request scope, from an interaction through its result.
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { providerContext } from '#oidc/provider-context.ts';

export function createSignInVersion() {
  const slot = createRequestSlot<number>('security version of the sign-in');
  return {
    set: slot.set,
    /** `undefined` if this request completes no sign-in. */
    get(): number | undefined {
      return slot.get() ?? versionIn(providerContext()?.oidc.result?.login);
    },
  };
}

export type SignInVersion = ReturnType<typeof createSignInVersion>;

/** Reads the member that `interactions.ts` stores next to those that oidc-provider reads. */
export function versionIn(login: object | undefined): number | undefined {
  const version = login && 'securityVersion' in login ? login.securityVersion : undefined;
  return typeof version === 'number' ? version : undefined;
}
