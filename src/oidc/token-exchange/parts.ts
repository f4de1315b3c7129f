// The parts of token exchange that oidc-provider's hooks use, which are created before the provider.
import { createExchangeClaims } from './exchange-claims.ts';
import { createExchangedStatus, type ExchangedStatusDependencies } from './exchanged-status.ts';
import { createOriginStatus, type OriginDependencies } from './exchange-origin.ts';

export function createExchangeParts(
  dependencies: OriginDependencies & Omit<ExchangedStatusDependencies, 'origins'>,
) {
  const origins = createOriginStatus(dependencies);
  return {
    origins,
    exchangeClaims: createExchangeClaims(),
    exchanged: createExchangedStatus({ ...dependencies, origins }),
  };
}

export type ExchangeParts = ReturnType<typeof createExchangeParts>;
