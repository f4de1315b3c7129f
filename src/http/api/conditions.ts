// Preconditions of a request, by which a client says which version it replaces (RFC 9110 §13.1).
import type { Context } from '#http/context.ts';

export interface Conditions {
  /**
   * The version in If-Match; `undefined` without the header, `NaN` if it is not a version of ours.
   */
  readonly version: number | undefined;
  /** If-None-Match: *. */
  readonly mustBeNew: boolean;
}

/** Versions are strong entity tags: `W/"1"` matches none (RFC 9110 §13.1.1). */
export function readConditions(ctx: Context): Conditions {
  const wanted = ctx.get('if-match');
  const [, version] = /^"([1-9]\d{0,8})"$/.exec(wanted) ?? [];
  return {
    version: wanted === '' ? undefined : Number(version ?? Number.NaN),
    mustBeNew: ctx.get('if-none-match') === '*',
  };
}
