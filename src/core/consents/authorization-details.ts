// The details that a client requests beside scopes (RFC 9396 §2). They are compared as canonical JSON, so
// that consent to one detail never covers a different one.

/** One authorization detail. */
export type Detail = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * The details in the parameter `authorization_details`; none if it is absent or malformed, which
 * oidc-provider refuses.
 */
export function readDetails(parameter: unknown): readonly Detail[] {
  if (typeof parameter !== 'string') return [];
  try {
    const read: unknown = JSON.parse(parameter);
    return Array.isArray(read) ? read.filter(isDetail) : [];
  } catch {
    return [];
  }
}

/** Returns the same text for details that differ only in the order of their members. */
export function canonicalDetail(detail: object): string {
  return JSON.stringify(detail, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function canonicalDetails(parameter: unknown): readonly string[] {
  return [...new Set(readDetails(parameter).map(canonicalDetail))];
}

/** @param canonical text returned by `canonicalDetail` */
export function readDetail(canonical: string): Detail {
  const [detail] = readDetails(`[${canonical}]`);
  if (!detail) throw new TypeError('The text is not an authorization detail.');
  return detail;
}

function isDetail(value: unknown): value is Detail {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}
