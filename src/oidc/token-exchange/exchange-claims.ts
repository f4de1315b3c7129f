// Passes the claims and the origin of an exchanged token to the hooks with which oidc-provider asks
// for them while it signs the token.
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ExchangeOrigin } from './exchange-origin.ts';

interface Exchanged {
  readonly token: object;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly origin: ExchangeOrigin;
}

export function createExchangeClaims() {
  const slot = createRequestSlot<Exchanged>('exchanged token');

  function of(token: object): Exchanged | undefined {
    const exchanged = slot.get();
    return exchanged?.token === token ? exchanged : undefined;
  }

  return {
    set: (exchanged: Exchanged): void => slot.set(exchanged),
    /** `undefined` for a token that does not come from an exchange. */
    claimsOf: (token: object): Record<string, unknown> | undefined => {
      const claims = of(token)?.claims;
      return claims && { ...claims };
    },
    originOf: (token: object): ExchangeOrigin | undefined => of(token)?.origin,
  };
}

export type ExchangeClaims = ReturnType<typeof createExchangeClaims>;
