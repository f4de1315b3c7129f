// Where the parts of a conformance run listen. All of it is on loopback; the suite and the provider
// have different host names, so that their cookies are separate.
import type { TlsEnd } from '#conformance/options.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';

export interface Addresses {
  /** As the browser and the provider see the suite. */
  readonly suite: string;
  readonly suitePort: number;
  /** The plain HTTP port of the suite, behind the proxy. */
  readonly suiteHttpPort: number;
  readonly issuer: string;
  readonly issuerPort: number;
  /** The plain HTTP port of the provider, behind the proxy; the issuer's without a proxy. */
  readonly providerPort: number;
  /** Where clients are asked for a certificate: the issuer's host, at another port without a proxy. */
  readonly certificateOrigin: string;
  readonly certificatePort: number;
  /** A protected resource, for plans without userinfo. */
  readonly resource: string;
  /** Where the suite approves or denies a CIBA request, in place of the user. */
  readonly approval: string;
  readonly resourcePort: number;
}

export async function chooseAddresses(tls: TlsEnd): Promise<Addresses> {
  const [suitePort = 0, suiteHttpPort = 0, issuerPort = 0, secondPort = 0, resourcePort = 0] =
    await findFreePorts(5);
  const certificatePort = tls === 'proxy' ? issuerPort : secondPort;
  return {
    suite: `https://127.0.0.1:${suitePort}`,
    suitePort,
    suiteHttpPort,
    issuer: `https://localhost:${issuerPort}`,
    issuerPort,
    providerPort: tls === 'proxy' ? secondPort : issuerPort,
    certificateOrigin: `https://localhost:${certificatePort}`,
    certificatePort,
    resource: `https://localhost:${resourcePort}/resource`,
    approval: `https://localhost:${resourcePort}/approval`,
    resourcePort,
  };
}
