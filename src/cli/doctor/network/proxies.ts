// Checks TRUSTED_PROXIES: whether the addresses of users are known behind a proxy.
import type { Config } from '#config/config.ts';
import type { Finding } from '#cli/doctor/findings.ts';

const check = 'proxies';

/** A server that speaks plain HTTP for an https issuer has a proxy in front of it. */
export function inspectProxies({
  issuerUrl,
  tls,
  trustedProxies,
}: Pick<Config, 'issuerUrl' | 'tls' | 'trustedProxies'>): Finding[] {
  const isProxied = issuerUrl.protocol === 'https:' && !tls;
  if (trustedProxies.length > 0) {
    const message = `X-Forwarded-For is accepted from ${trustedProxies.join(', ')}.`;
    return [{ check, state: 'ok', message }];
  }
  if (!isProxied) return [];
  const message =
    'TRUSTED_PROXIES is unset, but ISSUER is https: all users appear to have the address of the ' +
    'proxy and share its rate limits.';
  const next =
    'Set TRUSTED_PROXIES to the address from which the proxy connects, such as 127.0.0.1.';
  return [{ check, state: 'warn', message, next }];
}
