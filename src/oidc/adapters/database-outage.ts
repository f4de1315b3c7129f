// A database that did not respond to the fast path. Such a request is left to oidc-provider, whose first look-up
// then fails at once instead of waiting again.
import { isAppError } from '#platform/errors.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';

/** `cause` is the error of the store. */
export class DatabaseOutage extends Error {
  override readonly name = 'DatabaseOutage';

  constructor(cause: unknown) {
    super('The database did not respond.', { cause });
  }
}

const slot = createRequestSlot<DatabaseOutage>('outage of the database');

/** @throws DatabaseOutage */
export async function reportOutage<Found>(lookup: () => Promise<Found>): Promise<Found> {
  try {
    return await lookup();
  } catch (error) {
    throw isAppError(error, 'store_unavailable') ? new DatabaseOutage(error) : error;
  }
}

/** For the scope of a request that oidc-provider is going to answer. */
export const noteOutage = (outage: DatabaseOutage): void => slot.set(outage);

/** @throws the error of the store, if this request has met it before */
export function refuseKnownOutage(): void {
  const outage = slot.get();
  if (outage) throw outage.cause;
}
