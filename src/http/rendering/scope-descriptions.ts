/**
 * Describes requested access in words: one line per scope or single claim. `core/consents/consents.ts`
 * determines what is requested and what was allowed before.
 */
import { readDetail } from '#core/consents/authorization-details.ts';
import { withoutAllowed, type AccessRequest } from '#core/consents/consents.ts';
import { isMessageKey, type Translate } from '#http/i18n/locales.ts';

/** Icons of `views/parts/icon.ejs` for a line. */
export type RequestIcon =
  | 'person'
  | 'profile'
  | 'email'
  | 'phone'
  | 'address'
  | 'offline'
  | 'api'
  | 'detail'
  | 'receipt';

export interface RequestLine {
  readonly icon: RequestIcon;
  readonly text: string;
}

/** The operator's titles of custom scopes and claims. */
export interface Titles {
  ofScope(scope: string): string | undefined;
  ofClaim(claim: string): string | undefined;
  /** The sentence for an authorization detail, given as canonical JSON. */
  ofDetail?(detail: string): string | undefined;
}

const noTitles: Titles = { ofScope: () => undefined, ofClaim: () => undefined };

const scopeIcons: ReadonlyMap<string, RequestIcon> = new Map([
  ['openid', 'person'],
  ['profile', 'profile'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['address', 'address'],
  ['offline_access', 'offline'],
  ['device_sso', 'person'],
  ['roles', 'profile'],
  ['groups', 'profile'],
  ['organization', 'profile'],
]);

function describeScope(scope: string, t: Translate, titles: Titles): RequestLine {
  const key = `scope.${scope}`;
  const icon = scopeIcons.get(scope);
  if (icon !== undefined && isMessageKey(key)) return { icon, text: t(key) };
  const title = titles.ofScope(scope);
  if (title !== undefined) return { icon: 'detail', text: t('scope.details', { title }) };
  return { icon: 'api', text: t('scope.other', { scope }) };
}

function describeClaim(claim: string, t: Translate, titles: Titles): RequestLine {
  const key = `claim.${claim}`;
  if (claim !== 'other' && isMessageKey(key)) return { icon: 'detail', text: t(key) };
  const title = titles.ofClaim(claim);
  if (title !== undefined) return { icon: 'detail', text: t('scope.details', { title }) };
  return { icon: 'detail', text: t('claim.other', { claim }) };
}

/** A detail without a sentence is shown by its type, so that it is never granted unseen. */
function describeDetail(detail: string, t: Translate, titles: Titles): RequestLine {
  const text = titles.ofDetail?.(detail) ?? t('scope.other', { scope: readDetail(detail).type });
  return { icon: 'receipt', text };
}

function describeApi(audience: string, scopes: readonly string[], t: Translate): RequestLine[] {
  const api = audience.replace(/^https?:\/\//, '');
  return scopes.map((scope) => ({ icon: 'api', text: t('scope.api', { scope, api }) }));
}

/**
 * Lines for the requested access: authorization details, which may be a payment, then scopes about
 * the user, single claims and scopes of APIs.
 */
export function describeRequest(
  asked: AccessRequest,
  t: Translate,
  titles: Titles = noTitles,
): RequestLine[] {
  const lines = [
    ...(asked.details ?? []).map((detail) => describeDetail(detail, t, titles)),
    ...asked.scopes.map((scope) => describeScope(scope, t, titles)),
    ...asked.claims.map((claim) => describeClaim(claim, t, titles)),
    ...Object.entries(asked.resources).flatMap(([audience, scopes]) =>
      describeApi(audience, scopes, t),
    ),
  ];
  const seen = new Set<string>();
  return lines.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** The lines of the consent page: new access to decide about, and access allowed before. */
export interface ConsentLines {
  readonly requests: readonly RequestLine[];
  readonly known: readonly RequestLine[];
}

/**
 * Separates new access from access allowed before. A request without anything new is shown in full.
 */
export function describeConsent(
  { asked, allowed }: { readonly asked: AccessRequest; readonly allowed: AccessRequest },
  t: Translate,
  titles: Titles = noTitles,
): ConsentLines {
  const all = describeRequest(asked, t, titles);
  const known = describeRequest(allowed, t, titles);
  const added = describeRequest(withoutAllowed(asked, allowed), t, titles).filter(
    ({ text }) => !known.some((line) => line.text === text),
  );
  return added.length === 0 ? { requests: all, known: [] } : { requests: added, known };
}
