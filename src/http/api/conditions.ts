// Preconditions of a request, with which a client states the version that it replaces (RFC 9110 §13.1).
import type { Context } from '#http/context.ts';
import { canonicalJson } from '#platform/canonical-json.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';

export interface Conditions {
  /**
   * The version in If-Match; `undefined` without the header, `NaN` if it is not a version of ours.
   */
  readonly version: number | undefined;
  /** True for `If-None-Match: *`. */
  readonly mustBeNew: boolean;
  /** The value of If-Match, empty without the header. */
  readonly ifMatch: string;
}

/** Versions are strong entity tags: `W/"1"` matches none (RFC 9110 §13.1.1). */
export function readConditions(ctx: Context): Conditions {
  const wanted = ctx.get('if-match');
  const [, version] = /^"([1-9]\d{0,8})"$/.exec(wanted) ?? [];
  return {
    version: wanted === '' ? undefined : Number(version ?? Number.NaN),
    mustBeNew: ctx.get('if-none-match') === '*',
    ifMatch: wanted,
  };
}

/**
 * The entity tag of a resource that has no version of its own: a digest of its representation, so
 * that every visible change, by whatever route, gives another tag.
 */
export function tagOf(representation: object): string {
  return sha256Text(canonicalJson(representation)).slice(0, 27);
}

/**
 * Compares If-Match with the current tag (RFC 9110 §13.1.1). Weak tags match none.
 * @throws AppError `precondition_required` without the header, `precondition_failed` for another tag
 */
export function requireMatch({ ifMatch }: Pick<Conditions, 'ifMatch'>, tag: string): void {
  if (ifMatch === '') {
    const message = 'The request needs If-Match with the ETag of the version that it changes.';
    throw new AppError('precondition_required', message);
  }
  const tags = ifMatch.split(',').map((each) => each.trim());
  if (tags.includes('*') || tags.includes(`"${tag}"`)) return;
  throw new AppError('precondition_failed', 'The resource has been changed since that version.');
}
