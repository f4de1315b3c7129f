// Requests to a protected API in tests of the resource server package, and its decisions.
import { createResourceServer, type ResourceServer } from '#resource-server/resource-server.ts';
import type { Auth, Protection, ResourceServerOptions } from '#resource-server/types.ts';
import { audience, createStandInIssuer, type StandInIssuer } from './stand-in-issuer.ts';

export const url = `${audience}/tasks`;

export async function anApi(options: Partial<ResourceServerOptions> = {}) {
  const issuer = await createStandInIssuer();
  return { issuer, api: apiOf(issuer, options) };
}

export function apiOf(issuer: StandInIssuer, options: Partial<ResourceServerOptions> = {}) {
  return createResourceServer({
    issuer: issuer.issuer,
    audience,
    fetch: issuer.fetch,
    ...options,
  });
}

/** The subject, or status, error and challenge of the refusal. */
export type Verdict =
  | { readonly subject: string }
  | { readonly status: number; readonly error: string; readonly challenge: string };

export async function ask(
  api: ResourceServer,
  headers: Headers | Record<string, string>,
  protection: Protection<Request> = {},
): Promise<Verdict> {
  return verdictOf(await api.verify(new Request(url, { headers }), protection));
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export async function verdictOf(result: Auth | Response): Promise<Verdict> {
  if (!(result instanceof Response)) return { subject: result.subject };
  const body: unknown = await result.json();
  return {
    status: result.status,
    error: Object.entries(Object(body))
      .map(([, value]) => String(value))
      .join(),
    challenge: result.headers.get('www-authenticate') ?? '',
  };
}
