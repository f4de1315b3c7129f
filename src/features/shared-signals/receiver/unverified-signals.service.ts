// Signals whose signature could not be verified yet. The keys of a provider are reloaded at most every 30
// seconds, and an error response would make the provider discard the signal, so a signal with a new key must
// not be refused at once.

/** Longer than a published key can remain unknown. */
const patienceMilliseconds = 2 * 60_000;
/** Maximum number per provider; beyond it, all of them are forgotten. */
const maxKnown = 1000;

export function createUnverifiedSignals() {
  /** Time of the first reception, by provider object and `jti`. */
  const known = new WeakMap<object, Map<string, Date>>();

  return {
    /** True if the signal may still turn out to be valid, so no error must be reported. */
    mayBecomeValid(provider: object, jti: string, at: Date): boolean {
      const seen = known.get(provider) ?? new Map<string, Date>();
      known.set(provider, seen);
      const since = seen.get(jti);
      if (since && at.getTime() - since.getTime() >= patienceMilliseconds) {
        seen.delete(jti);
        return false;
      }
      if (seen.size >= maxKnown) seen.clear();
      seen.set(jti, since ?? at);
      return true;
    },
  };
}

export type UnverifiedSignals = ReturnType<typeof createUnverifiedSignals>;
