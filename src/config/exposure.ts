// Development pages show captured mail, which includes sign-in links. They are therefore available
// only while the server can be reached from this machine alone.
import { isLoopbackHost } from '#platform/outbound/networks.ts';

interface Place {
  readonly environment: 'development' | 'production';
  readonly issuer: string;
  readonly host: string;
  /** `on`: the operator limits the access to the port, as for a container. */
  readonly developmentPagesFor: 'loopback' | 'on';
}

/** Whether the playground and, without SMTP_URL, captured mail may be shown. */
export function mayShowDevelopmentPages(place: Place): boolean {
  const { environment, issuer, host, developmentPagesFor } = place;
  if (environment !== 'development' || !isLoopbackHost(new URL(issuer).hostname)) return false;
  return developmentPagesFor === 'on' || isLoopbackHost(host);
}

/**
 * Reports a server that other machines can reach while neither NODE_ENV nor SMTP_URL is set: its
 * operator may expect to see mail that must not be shown.
 */
export function findAccidentalExposure(
  place: Place & { readonly developmentPages: boolean; readonly smtpUrl?: string },
): string[] {
  if (place.developmentPages || place.smtpUrl !== undefined) return [];
  // Names only the addresses outside this machine: the rest may be defaults that the operator did not choose.
  const elsewhere = [
    { name: 'ISSUER', value: place.issuer, hostname: new URL(place.issuer).hostname },
    { name: 'HOST', value: place.host, hostname: place.host },
  ].filter(({ hostname }) => !isLoopbackHost(hostname));
  const named = elsewhere.map(({ name, value }) => `${name} (${JSON.stringify(value)})`);
  const verb = named.length === 1 ? 'is' : 'are';
  return [
    `NODE_ENV or SMTP_URL must be set, because ${named.join(' and ')} ${verb} not limited ` +
      'to this machine: set NODE_ENV to production, or SMTP_URL to the mail server, or NODE_ENV to ' +
      'development to start without development pages while mail waits',
  ];
}
