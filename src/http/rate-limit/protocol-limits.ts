// Rate limits of the endpoints that oidc-provider and middleware serve, by method and path:
// they are not registered with our router, so they cannot declare a limit themselves.
import { globalRevocationPath } from '#oidc/configuration.ts';
import { largeBodyBytes, rateLimits, unlimitedReasons, type RateLimit } from './rate-limits.ts';
import type { RateLimitPolicy } from './route-limit.ts';

const clientAuthentication = { limit: rateLimits.clientAuthentication };
const posted = { limit: rateLimits.postedRequests };

export const protocolLimits: Readonly<Record<string, RateLimitPolicy>> = {
  'GET /oauth2/authorize': { limit: rateLimits.authorization },
  'POST /oauth2/authorize': posted,
  'POST /oauth2/logout': posted,
  'POST /oauth2/logout/confirm': { unlimitedBecause: unlimitedReasons.limitedRequest },
  'POST /oauth2/par': { limit: rateLimits.pushedRequests },
  'POST /oauth2/device_authorization': { limit: rateLimits.deviceAuthorization },
  'POST /oauth2/bc-authorize': { limit: rateLimits.backchannelRequests },
  'POST /oauth2/token': clientAuthentication,
  'POST /oauth2/introspect': clientAuthentication,
  'POST /oauth2/revoke': clientAuthentication,
  [`POST ${globalRevocationPath}`]: clientAuthentication,
  'POST /oauth2/register': { limit: rateLimits.clientRegistration },
  'PUT /oauth2/register/:clientId': { limit: rateLimits.clientManagement },
  'DELETE /oauth2/register/:clientId': { limit: rateLimits.clientManagement },
  'POST /oauth2/userinfo': { unlimitedBecause: unlimitedReasons.unguessableToken },
};

const registrations = '/oauth2/register/';

/** The limit of this request; `undefined` if its route declares its own or has none. */
export function findProtocolLimit(
  method: string,
  path: string,
  bodyBytes: number,
): RateLimit | undefined {
  const route = path.startsWith(registrations) ? `${registrations}:clientId` : path;
  const endpoint = `${method} ${route}`;
  if (!Object.hasOwn(protocolLimits, endpoint)) return undefined;
  const policy = protocolLimits[endpoint];
  if (policy === posted && bodyBytes > largeBodyBytes) return rateLimits.largePostedRequests;
  return policy && 'limit' in policy ? policy.limit : undefined;
}
