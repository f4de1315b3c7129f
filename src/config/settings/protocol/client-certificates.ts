// Client certificates of mutual TLS (RFC 8705), which the reverse proxy receives and passes on.
import { httpsOrigin } from '#config/kinds/addresses.ts';
import { choice } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const clientCertificateSettings = {
  clientCertificateHeader: setting({
    name: 'CLIENT_CERTIFICATE_HEADER',
    kind: choice('off', 'nginx', 'caddy', 'envoy', 'alb', 'rfc9440'),
    default: 'off',
    sameOnAllNodes: true,
    example: 'nginx',
    text:
      'The form in which a proxy of `TRUSTED_PROXIES` passes on the certificate of the client ' +
      '(RFC 8705); the header of any other peer is ignored. `nginx`: `X-SSL-Client-Cert`, ' +
      'URL-encoded PEM, and `X-SSL-Client-Verify`. `caddy`: `X-SSL-Client-Cert`, Base64 of DER. ' +
      '`envoy`: `X-Forwarded-Client-Cert`. `alb`: `X-Amzn-Mtls-Clientcert`, or ' +
      '`X-Amzn-Mtls-Clientcert-Leaf` if the load balancer verifies. `rfc9440`: `Client-Cert`. ' +
      '`off`: mutual TLS is not offered.',
  }),
  clientCertificateVerification: setting({
    name: 'CLIENT_CERTIFICATE_VERIFICATION',
    kind: choice('none', 'proxy'),
    default: 'none',
    sameOnAllNodes: true,
    text:
      '`proxy`: the proxy verifies the chain of client certificates up to a CA that you trust, ' +
      'which `tls_client_auth` relies on. `none`: it does not; then `tls_client_auth` is not ' +
      'offered, but `self_signed_tls_client_auth` and certificate-bound tokens are.',
  }),
  clientCertificateOrigin: setting({
    name: 'CLIENT_CERTIFICATE_ORIGIN',
    kind: httpsOrigin,
    unset: 'the origin of `ISSUER`, without `mtls_endpoint_aliases`',
    example: 'https://mtls.id.example.com',
    sameOnAllNodes: true,
    text:
      'Another origin at which the proxy asks for a client certificate, so that browsers are not ' +
      'asked for one at `ISSUER`. Published as `mtls_endpoint_aliases` (RFC 8705 §5); it serves ' +
      'these endpoints only.',
  }),
};
