// Sign-ins between two requests, by `auth_session`. Each value is valid for one request; the next response
// contains a new one.
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { authSessionSeconds, type NativeSignIn } from './native-sign-in.ts';

export interface NativeSignInStoreDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createNativeSignInStore({ store, now }: NativeSignInStoreDependencies) {
  return {
    /** Returns the `auth_session` for the next request. */
    async put(signIn: NativeSignIn): Promise<string> {
      const token = randomToken();
      await store.put('NativeSignIn', token, signIn, authSessionSeconds);
      return token;
    },
    async find(token: string): Promise<NativeSignIn | undefined> {
      const found = await store.get('NativeSignIn', token);
      if (!found || found['consumed'] !== undefined) return undefined;
      const { clientId, jkt, interactionId, failures, pending, isMailSent } = found;
      return {
        clientId: String(clientId),
        jkt: String(jkt),
        interactionId: String(interactionId),
        failures: Number(failures),
        pending: typeof pending === 'string' ? pending : undefined,
        isMailSent: isMailSent === true,
      };
    },
    /** True for exactly one of several concurrent requests. */
    use: (token: string): Promise<boolean> => store.consume('NativeSignIn', token, now()),
  };
}

export type NativeSignInStore = ReturnType<typeof createNativeSignInStore>;
