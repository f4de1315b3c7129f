// The Retry-After header of a receiver (RFC 9110 §10.2.3).

/** The seconds from `at` on; `undefined` without a valid header. */
export function readRetryAfter(value: string | null, at: Date): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  // Other texts that Date accepts, such as a bare year, are not dates of HTTP.
  const time = /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, (time - at.getTime()) / 1000);
}
