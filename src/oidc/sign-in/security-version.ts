// Hands the security version of a sign-in to the session adapter, which the engine calls without it:
// from our own pages through the current request, from an interaction through its result.
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { engineContext } from '#oidc/provider-context.ts';

export function createSignInVersion() {
  const slot = createRequestSlot<number>('security version of the sign-in');
  return {
    set: slot.set,
    /** `undefined`: no sign-in is being completed in this request. */
    get(): number | undefined {
      return slot.get() ?? versionIn(engineContext()?.oidc.result?.login);
    },
  };
}

export type SignInVersion = ReturnType<typeof createSignInVersion>;

/** What `interactions.ts` keeps beside the members that the engine reads. */
export function versionIn(login: object | undefined): number | undefined {
  const version = login && 'securityVersion' in login ? login.securityVersion : undefined;
  return typeof version === 'number' ? version : undefined;
}
