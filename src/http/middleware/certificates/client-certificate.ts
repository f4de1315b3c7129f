// Finds the certificate with which a client has opened its TLS connection (RFC 8705), for
// oidc-provider. Only a trusted proxy may state it, because any client can send a header.
import type { IncomingMessage } from 'node:http';
import type { Context, Handler, Next } from '#http/context.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';
import { readCertificate, type ClientCertificate, type HeaderForm } from './header-forms.ts';

type ReadCertificate = () => ClientCertificate | undefined;

declare module 'koa' {
  interface DefaultState {
    /** Reads the certificate once; absent if mutual TLS is off. */
    clientCertificate?: ReadCertificate;
  }
}

export interface ClientCertificateSettings {
  readonly clientCertificateHeader: HeaderForm | 'off';
  readonly clientCertificateVerification: 'none' | 'proxy';
  readonly trustedProxies: readonly string[];
}

/**
 * Returns what reads the certificate of a request, once and only if it is needed: most requests have
 * none. `undefined` if mutual TLS is off.
 */
export function createCertificateReader(
  settings: ClientCertificateSettings,
): ((req: IncomingMessage) => ReadCertificate) | undefined {
  const { clientCertificateHeader: form, clientCertificateVerification, trustedProxies } = settings;
  if (form === 'off') return undefined;
  const verifies = clientCertificateVerification === 'proxy';
  const isTrusted = createNetworkMatcher(trustedProxies);

  const read = ({ socket, headers }: IncomingMessage): ClientCertificate | undefined => {
    const { remoteAddress = '' } = socket;
    if (!isTrusted(remoteAddress.replace(/%.*$/, ''))) return undefined;
    return readCertificate(form, headers, verifies);
  };

  return (req) => {
    let found: { readonly certificate: ClientCertificate | undefined } | undefined;
    return () => {
      found ??= { certificate: read(req) };
      return found.certificate;
    };
  };
}

/** No middleware if mutual TLS is off. */
export function createClientCertificates(settings: ClientCertificateSettings): readonly Handler[] {
  const readerOf = createCertificateReader(settings);
  if (!readerOf) return [];
  return [
    function identifyClient(ctx: Context, next: Next): unknown {
      ctx.state.clientCertificate = readerOf(ctx.req);
      return next();
    },
  ];
}
