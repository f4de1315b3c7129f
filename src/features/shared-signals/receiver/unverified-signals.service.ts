// Signals whose signature could not be verified yet. The keys of a provider are read again at most every
// 30 seconds, and an error report would make it discard the signal: a new key must not cost one.

/** Longer than a key can stay unknown after it was published. */
const patienceMilliseconds = 2 * 60_000;
/** Of one provider; with more, all of them start anew. */
const maxKnown = 1000;

export function createUnverifiedSignals() {
  /** By provider as it is now, and by `jti`: when the signal was first received. */
  const known = new WeakMap<object, Map<string, Date>>();

  return {
    /** True if it may still turn out to be valid, so that nothing is reported about it. */
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
