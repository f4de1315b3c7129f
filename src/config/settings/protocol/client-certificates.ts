// Client certificates of mutual TLS (RFC 8705), which a reverse proxy receives and passes on, or this
// server receives itself.
import { httpsOrigin } from '#config/kinds/addresses.ts';
import { wholeNumber } from '#config/kinds/numbers.ts';
import { choice, filePath } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const clientCertificateSettings = {
  clientCertificateHeader: setting({
    name: 'CLIENT_CERTIFICATE_HEADER',
    kind: choice('off', 'nginx', 'caddy', 'envoy', 'alb', 'rfc9440'),
    default: 'off',
    sameOnAllNodes: true,
    example: 'nginx',
    text:
      'How a proxy in `TRUSTED_PROXIES` forwards the client certificate (RFC 8705); the header ' +
      'is ignored from any other peer. `nginx`: `X-SSL-Client-Cert`, ' +
      'URL-encoded PEM, and `X-SSL-Client-Verify`. `caddy`: `X-SSL-Client-Cert`, Base64 of DER. ' +
      '`envoy`: `X-Forwarded-Client-Cert`. `alb`: `X-Amzn-Mtls-Clientcert`, or ' +
      '`X-Amzn-Mtls-Clientcert-Leaf` if the load balancer verifies. `rfc9440`: `Client-Cert`. ' +
      '`off`: no header is read.',
  }),
  clientCertificateVerification: setting({
    name: 'CLIENT_CERTIFICATE_VERIFICATION',
    kind: choice('none', 'proxy'),
    default: 'none',
    sameOnAllNodes: true,
    text:
      'Who verifies the chain of client certificates. ' +
      '`proxy`: the proxy verifies it up to a CA that you trust, ' +
      'which `tls_client_auth` relies on. `none`: it does not; then `tls_client_auth` is not ' +
      'offered, but `self_signed_tls_client_auth` and certificate-bound tokens are.',
  }),
  clientCertificatePort: setting({
    name: 'CLIENT_CERTIFICATE_PORT',
    kind: wholeNumber({ min: 1, max: 65_535 }),
    unset: 'none; this server requests no certificates',
    example: '8443',
    text:
      'A second HTTPS port that requests, but does not require, a client certificate. `PORT` never ' +
      'asks, so browsers show no prompt. ' +
      'Requires `TLS_CERT_FILE`.',
  }),
  clientCertificateCaFile: setting({
    name: 'CLIENT_CERTIFICATE_CA_FILE',
    kind: filePath,
    unset: 'none; `tls_client_auth` is not offered at `CLIENT_CERTIFICATE_PORT`',
    example: '/etc/ostiary/client-ca.pem',
    text:
      'The file with the certificates of the CAs whose client certificates `tls_client_auth` ' +
      'accepts at `CLIENT_CERTIFICATE_PORT`, in PEM. Each of them is trusted, intermediate ones too; ' +
      'no other CA is. A changed file is used within seconds.',
  }),
  clientCertificateOrigin: setting({
    name: 'CLIENT_CERTIFICATE_ORIGIN',
    kind: httpsOrigin,
    unset:
      'the host of `ISSUER` with `CLIENT_CERTIFICATE_PORT`; without that port the origin of ' +
      '`ISSUER`, and no `mtls_endpoint_aliases`',
    example: 'https://mtls.id.example.com',
    sameOnAllNodes: true,
    text:
      'Another origin at which clients are asked for a certificate, so that browsers are not ' +
      'asked for one at `ISSUER`. Published as `mtls_endpoint_aliases` (RFC 8705 §5); it serves ' +
      'these endpoints only.',
  }),
};
