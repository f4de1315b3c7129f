// Continues an authorization request in a browser, as a pushed request (RFC 9126 §2.2).
import { UnsecuredJWT } from 'jose';
import type { Provider } from 'oidc-provider';

export interface PushedContinuation {
  readonly request_uri: string;
  readonly expires_in: number;
}

/** Lifetime as for every pushed request; the app opens the browser at once. */
const lifetimeSeconds = 60;

/**
 * @param params of an interaction: the authorization endpoint validates them again when it is sent
 *   the `request_uri`
 */
export async function pushContinuation(
  provider: Provider,
  params: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<PushedContinuation> {
  const at = Math.floor(now.getTime() / 1000);
  // A JSON object in a request object, but a string in an interaction.
  const objects = Object.fromEntries(
    ['claims', 'authorization_details'].flatMap((name) => {
      const value = params[name];
      return typeof value === 'string' ? [[name, JSON.parse(value)]] : [];
    }),
  );
  // Unsigned, as oidc-provider stores pushed requests; only this server reads it.
  const request = new UnsecuredJWT({ ...params, ...objects })
    .setIssuer(String(params['client_id']))
    .setAudience(provider.issuer)
    .setIssuedAt(at)
    .setNotBefore(at)
    .setExpirationTime(at + lifetimeSeconds)
    .encode();
  const key = params['dpop_jkt'];
  const pushed = new provider.PushedAuthorizationRequest({
    request,
    ...(typeof key === 'string' ? { dpopJkt: key } : {}),
  });
  const id = await pushed.save(lifetimeSeconds);
  const uri = `urn:ietf:params:oauth:request_uri:${id}`;
  return { request_uri: uri, expires_in: lifetimeSeconds };
}
