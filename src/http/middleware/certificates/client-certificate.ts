// Finds the certificate with which a client has opened its TLS connection (RFC 8705), for
// oidc-provider. Only a trusted proxy may state it, because any client can send a header.
import type { Context, Handler, Next } from '#http/context.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';
import { readCertificate, type ClientCertificate, type HeaderForm } from './header-forms.ts';

declare module 'koa' {
  interface DefaultState {
    /** Reads the certificate once; absent if mutual TLS is off. */
    clientCertificate?: () => ClientCertificate | undefined;
  }
}

export interface ClientCertificateSettings {
  readonly clientCertificateHeader: HeaderForm | 'off';
  readonly clientCertificateVerification: 'none' | 'proxy';
  readonly trustedProxies: readonly string[];
}

/** No middleware if mutual TLS is off. */
export function createClientCertificates(settings: ClientCertificateSettings): readonly Handler[] {
  const { clientCertificateHeader: form, clientCertificateVerification, trustedProxies } = settings;
  if (form === 'off') return [];
  const verifies = clientCertificateVerification === 'proxy';
  return [identifyClients({ form, verifies, isTrusted: createNetworkMatcher(trustedProxies) })];
}

interface Reading {
  readonly form: HeaderForm;
  /** Whether the proxy verifies chains. */
  readonly verifies: boolean;
  readonly isTrusted: (address: string) => boolean;
}

function identifyClients({ form, verifies, isTrusted }: Reading): Handler {
  function read({ req }: Context): ClientCertificate | undefined {
    const { remoteAddress = '' } = req.socket;
    if (!isTrusted(remoteAddress.replace(/%.*$/, ''))) return undefined;
    return readCertificate(form, req.headers, verifies);
  }

  return function identifyClient(ctx: Context, next: Next): unknown {
    let found: { readonly certificate: ClientCertificate | undefined } | undefined;
    ctx.state.clientCertificate = () => {
      // Parsed only if a client needs it: most requests have none.
      found ??= { certificate: read(ctx) };
      return found.certificate;
    };
    return next();
  };
}
