// The type of the configuration, and the part of it that depends on several settings. Every other
// property follows from the definition of its setting alone.
import { availableParallelism } from 'node:os';
import { mayShowDevelopmentPages } from './exposure.ts';
import type { ConfigOf } from './setting.ts';
import type { settings } from './settings.ts';

type Values = ConfigOf<typeof settings>;

export interface DerivedConfig {
  readonly environment: 'development' | 'production';
  /** The environment of the database, such as `staging`. */
  readonly environmentName: string;
  /** Without a trailing slash; the `iss` of every token. */
  readonly issuer: string;
  readonly issuerUrl: URL;
  readonly host: string;
  /** The origin at which clients present certificates, if it is not the issuer's. */
  readonly clientCertificateOrigin?: string;
  readonly workers: number;
  readonly logFormat: 'json' | 'ecs' | 'pretty';
  /** The name of the brand, otherwise PRODUCT_NAME. */
  readonly productName: string;
  /** Address of the sender of mail, without a display name. */
  readonly mailFrom: string;
  readonly emailVerification: 'required' | 'later';
  /** Who may register clients. */
  readonly clientRegistration: 'open' | 'token' | 'off';
  /** Domains of client_ids that are URLs. */
  readonly clientIdMetadataDocuments: 'on' | 'off' | readonly string[];
  /** Who may read the documentation. */
  readonly docsAccess: 'public' | 'signed-in' | 'admin' | 'off';
  /**
   * Whether the playground and, without SMTP_URL, captured mail are shown. This is limited to
   * development on a server that only this machine can reach, because captured mail includes
   * sign-in links.
   */
  readonly developmentPages: boolean;
}

export type Config = Omit<Values, keyof DerivedConfig> &
  DerivedConfig & {
    /** The names of the settings that are set. */
    readonly settingsInEnvironment: ReadonlySet<string>;
  };

export function derive(values: Values): DerivedConfig {
  const { port, smtpUrl, databaseUrl, redisUrl } = values;
  const environment = values.environment === 'production' ? 'production' : 'development';
  const issuer = values.issuer ?? `${values.tls ? 'https' : 'http'}://localhost:${port}`;
  const host = values.host ?? (environment === 'production' ? '0.0.0.0' : '127.0.0.1');
  const developmentPages = mayShowDevelopmentPages({
    environment,
    issuer,
    host,
    developmentPagesFor: values.developmentPagesFor,
  });
  const hasBothStores = databaseUrl !== undefined && redisUrl !== undefined;
  const sendsMail = smtpUrl !== undefined || !developmentPages;

  return {
    environment,
    environmentName: values.environmentName ?? environment,
    issuer,
    issuerUrl: new URL(issuer),
    host,
    ...certificateOrigin(values, issuer),
    logFormat: values.logFormat ?? (isForReading(environment) ? 'pretty' : 'json'),
    workers: values.workers ?? (hasBothStores ? availableParallelism() : 1),
    productName: values.branding?.productName ?? values.productName,
    mailFrom: values.mailFrom ?? defaultSender(issuer),
    clientRegistration: values.clientRegistration ?? (developmentPages ? 'open' : 'off'),
    clientIdMetadataDocuments:
      values.clientIdMetadataDocuments ?? (developmentPages ? 'on' : 'off'),
    docsAccess: values.docsAccess ?? (environment === 'production' ? 'admin' : 'public'),
    emailVerification: values.emailVerification ?? (sendsMail ? 'required' : 'later'),
    developmentPages,
  };
}

function certificateOrigin(values: Values, issuer: string) {
  const { clientCertificateOrigin, clientCertificatePort: port } = values;
  if (clientCertificateOrigin !== undefined) return { clientCertificateOrigin };
  if (port === undefined) return {};
  const { hostname } = new URL(issuer);
  return { clientCertificateOrigin: new URL(`https://${hostname}:${port}`).origin };
}

function isForReading(environment: DerivedConfig['environment']): boolean {
  return environment === 'development' && process.stderr.isTTY;
}

/** Mail cannot be sent from an address whose domain is an IP address. */
function defaultSender(issuer: string): string {
  const { hostname } = new URL(issuer);
  return `no-reply@${/^[\d.]+$|:/.test(hostname) ? 'localhost' : hostname}`;
}
