// Where the server runs and how clients reach it.
import { issuerUrl } from '#config/kinds/addresses.ts';
import { networks, toolOrigins } from '#config/kinds/lists.ts';
import { wholeNumber } from '#config/kinds/numbers.ts';
import { choice, displayName, filePath, matching } from '#config/kinds/text.ts';
import { optionalGroup, setting } from '#config/setting.ts';

export const serverSettings = {
  environment: setting({
    name: 'NODE_ENV',
    kind: choice('development', 'production', 'test'),
    unset:
      '`development`; the server refuses to start when `ISSUER` or `HOST` is not loopback and ' +
      '`SMTP_URL` is unset',
    example: 'production',
    text:
      'The mode the server runs in. `production` does not allow embedded services, generated keys, ' +
      'an http issuer or development pages. `development` and `test` show their pages (`/auth/playground`, `/auth/dev/mail`) ' +
      'only while `ISSUER` and `HOST` are both loopback (`DEVELOPMENT_PAGES`).',
  }),
  host: setting({
    name: 'HOST',
    kind: matching(/^[\w.:-]{1,253}$/, 'an address or host name'),
    unset: '`127.0.0.1`; `0.0.0.0` in production',
    example: '127.0.0.1',
    text: 'The address to listen on.',
  }),
  port: setting({
    name: 'PORT',
    kind: wholeNumber({ min: 0, max: 65_535 }),
    default: 3000,
    text: 'The port to listen on; 0 selects any free port.',
  }),
  /** Absent: a reverse proxy terminates TLS. */
  tls: optionalGroup({
    certFile: setting({
      name: 'TLS_CERT_FILE',
      kind: filePath,
      unset: 'none; `PORT` speaks plain HTTP to a reverse proxy, which terminates TLS',
      example: '/etc/letsencrypt/live/id.example.com/fullchain.pem',
      text:
        'PEM file with this server’s certificate, then the intermediates. With it, `PORT` speaks ' +
        'HTTPS. A renewed file is used within seconds, without a restart ([TLS](production.md#tls-without-a-proxy)).',
    }),
    keyFile: setting({
      name: 'TLS_KEY_FILE',
      kind: filePath,
      unset: 'none',
      example: '/etc/letsencrypt/live/id.example.com/privkey.pem',
      text: 'The file with the private key of that certificate, in PEM, without a passphrase.',
    }),
  }),
  developmentPagesFor: setting({
    name: 'DEVELOPMENT_PAGES',
    kind: choice('loopback', 'on'),
    default: 'loopback',
    text:
      'When development pages are shown. `loopback`: only if `HOST` is loopback. `on`: for any ' +
      '`HOST`, as in a container whose port is published on 127.0.0.1 only: every ' +
      'machine that reaches the port can read the captured mail. `ISSUER` must be loopback in both cases.',
  }),
  issuer: setting({
    name: 'ISSUER',
    kind: issuerUrl,
    unset: '`http://localhost:` and the port; `https://localhost:` with `TLS_CERT_FILE`',
    example: 'https://id.example.com',
    requiredInProduction: true,
    text: 'The public URL of this provider, as clients know it. Requests for another host are refused.',
  }),
  /** Proxy addresses and networks whose X-Forwarded headers are trusted. */
  trustedProxies: setting({
    name: 'TRUSTED_PROXIES',
    kind: networks,
    default: [],
    example: '127.0.0.1',
    text: 'Reverse proxies whose X-Forwarded headers are trusted.',
  }),
  /** Private addresses and networks that outbound requests may reach. */
  outboundAllow: setting({
    name: 'OUTBOUND_ALLOW',
    kind: networks,
    default: [],
    example: '10.0.0.0/8',
    text: 'Private addresses that outbound requests are allowed to reach.',
  }),
  apiCorsOrigins: setting({
    name: 'API_CORS_ORIGINS',
    kind: toolOrigins,
    default: [],
    unset: 'none (cross-origin calls are blocked)',
    example: 'https://tools.example.com',
    text: 'Origins whose scripts may call the management API.',
  }),
  apiSecondFactor: setting({
    name: 'API_SECOND_FACTOR',
    kind: choice('optional', 'required'),
    default: 'optional',
    text: 'Whether users of the management API must have signed in with a second factor. Tokens that clients obtain for themselves are not affected.',
  }),
  /** Addresses and networks that may reach the panel; empty means all. */
  adminAllow: setting({
    name: 'ADMIN_ALLOW',
    kind: networks,
    default: [],
    unset: 'all',
    example: '10.0.0.0/8',
    text: 'IP addresses allowed to open `/auth/admin`; others get a 404.',
  }),
  docsAccess: setting({
    name: 'DOCS_ACCESS',
    kind: choice('public', 'signed-in', 'admin', 'off'),
    unset: '`public`; `admin` in production',
    example: 'admin',
    text: 'Who may read the documentation: `/auth/openapi.json`, `/auth/docs`, `/auth/redoc` and `/auth/mkdocs`.',
  }),
  productName: setting({
    name: 'PRODUCT_NAME',
    kind: displayName,
    default: 'Ostiary',
    text: 'The name shown to users on pages and in mail, unless `BRANDING` contains a `product_name`.',
  }),
};
