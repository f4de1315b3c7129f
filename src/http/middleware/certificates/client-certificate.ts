// Finds the certificate with which a client has opened its TLS connection (RFC 8705), for oidc-provider: in
// the connection itself if this server terminates TLS, otherwise in a header, which is accepted from trusted
// proxies only, because any client can send one.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Config } from '#config/config.ts';
import type { Context, Handler, Next } from '#http/context.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';
import { readCertificate, type ClientCertificate } from './header-forms.ts';

type ReadCertificate = () => ClientCertificate | undefined;

declare module 'koa' {
  interface DefaultState {
    /** Reads the certificate once; absent if mutual TLS is off. */
    clientCertificate?: ReadCertificate;
  }
}

export type ClientCertificateSettings = Pick<
  Config,
  | 'clientCertificateHeader'
  | 'clientCertificateVerification'
  | 'clientCertificatePort'
  | 'clientCertificateCaFile'
  | 'trustedProxies'
>;

/**
 * Returns a function that reads the certificate of a request at most once and on demand, because most
 * requests have none. `undefined` if mutual TLS is off.
 */
export function createCertificateReader(
  settings: ClientCertificateSettings,
  now: () => Date,
): ((req: IncomingMessage) => ReadCertificate) | undefined {
  const { clientCertificateHeader: form, clientCertificatePort: port, trustedProxies } = settings;
  if (form === 'off' && port === undefined) return undefined;
  const verifies = settings.clientCertificateVerification === 'proxy';
  const hasCa = settings.clientCertificateCaFile !== undefined;
  const isTrusted = createNetworkMatcher(trustedProxies);

  const read = ({ socket, headers }: IncomingMessage): ClientCertificate | undefined => {
    const { remoteAddress = '' } = socket;
    // After a reset, the address is unknown: it could be that of a proxy.
    if (remoteAddress === '') return undefined;
    // The connection of a proxy carries the certificate of the proxy, not that of the client.
    if (isTrusted(remoteAddress.replace(/%.*$/, ''))) {
      return form === 'off' ? undefined : readCertificate(form, headers, verifies);
    }
    return port !== undefined && socket instanceof TLSSocket
      ? presentedIn(socket, hasCa, now())
      : undefined;
  };

  return (req) => {
    let found: { readonly certificate: ClientCertificate | undefined } | undefined;
    return () => {
      found ??= { certificate: read(req) };
      return found.certificate;
    };
  };
}

/**
 * The handshake has proved that the client has the private key. Without a CA of the operator, no
 * chain counts as verified; a connection may outlive the certificate with which it was opened.
 */
function presentedIn(socket: TLSSocket, hasCa: boolean, now: Date): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const isCurrent = Date.parse(certificate.validTo) > now.getTime();
  return { certificate, isVerified: hasCa && socket.authorized && isCurrent };
}

/** No middleware if mutual TLS is off. */
export function createClientCertificates(
  settings: ClientCertificateSettings,
  now: () => Date,
): readonly Handler[] {
  const readerOf = createCertificateReader(settings, now);
  if (!readerOf) return [];
  return [
    function identifyClient(ctx: Context, next: Next): unknown {
      ctx.state.clientCertificate = readerOf(ctx.req);
      return next();
    },
  ];
}
