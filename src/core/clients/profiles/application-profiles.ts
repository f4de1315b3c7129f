// The profiles of kinds of applications: in the browser, installed, without a user, without a browser.
import type { ClientProfile } from './client-profile.ts';
import { listOnly, listWith, mustBe, redirectUris } from './profile-rules.ts';
import {
  alwaysPkce,
  code,
  day,
  isHttps,
  isLoopback,
  isPrivateScheme,
  isPublicClient,
  minute,
  noRedirect,
  publicClient,
  refusesImplicit,
} from './shared-rules.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const exchangeGrants = [
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

export const native: ClientProfile = {
  label: 'Native app',
  meaning: 'Installed on a phone or a computer, without a secret.',
  defaults: { ...publicClient, application_type: 'native' },
  rules: [
    refusesImplicit,
    mustBe('application_type', ['native'], {
      source: 'RFC 8252 section 7',
      because: 'Ports of loopback redirect URIs vary only for native apps.',
    }),
    isPublicClient('RFC 8252 section 8.4'),
    alwaysPkce('RFC 8252 section 6'),
    redirectUris(
      (uri) => isHttps(uri) || isLoopback(uri) || isPrivateScheme(uri),
      'schemes such as com.example.app, claimed https addresses and http://127.0.0.1',
      {
        source: 'RFC 8252 section 7.1',
        because: 'A private-use scheme is a domain name in reverse order, and contains a dot.',
      },
    ),
  ],
};

export const spa: ClientProfile = {
  label: 'Single-page app',
  meaning: 'Runs in the browser, without a secret.',
  limits: { accessTokenSeconds: 15 * minute, refreshTokenSeconds: 7 * day },
  defaults: publicClient,
  rules: [
    refusesImplicit,
    mustBe('application_type', ['web'], {
      source: 'OAuth 2.0 for Browser-Based Applications section 6.3',
      because: 'A browser opens web addresses only.',
    }),
    isPublicClient('OAuth 2.0 for Browser-Based Applications section 6.3'),
    alwaysPkce('OAuth 2.0 for Browser-Based Applications section 6.3'),
    redirectUris(
      (uri) => isHttps(uri) || isLoopback(uri),
      'https addresses, and for development http on the loopback interface,',
      {
        source: 'RFC 9700 section 2.6',
        because: 'A code sent over plain HTTP can be intercepted.',
      },
    ),
    listOnly('grant_types', code.grant_types, {
      source: 'OAuth 2.0 for Browser-Based Applications section 6.3',
      because: 'An app in the browser only signs users in.',
    }),
  ],
};

export const service: ClientProfile = {
  label: 'Service',
  meaning: 'Calls APIs on its own behalf, without a user.',
  defaults: {
    ...noRedirect,
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
  },
  rules: [
    listOnly('redirect_uris', [], {
      source: 'RFC 6749 section 4.4',
      because: 'A service does not sign users in.',
    }),
    listOnly('response_types', [], {
      source: 'RFC 6749 section 4.4',
      because: 'A service sends no authorization requests.',
    }),
    listOnly('grant_types', ['client_credentials', ...exchangeGrants], {
      source: 'RFC 6749 section 4.4',
      because: 'A service acts without a user who signs in.',
    }),
    mustBe(
      'token_endpoint_auth_method',
      [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
      ],
      {
        source: 'RFC 6749 section 4.4',
        because: 'Only a confidential client can prove that it is the service.',
      },
    ),
  ],
};

export const device: ClientProfile = {
  label: 'Device',
  meaning: 'A television or a command line: the user signs in with another device.',
  defaults: {
    ...noRedirect,
    grant_types: [deviceGrant, 'refresh_token'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  },
  rules: [
    listWith('grant_types', deviceGrant, {
      source: 'RFC 8628 section 3.4',
      because: 'The device exchanges its device code for tokens.',
    }),
    listOnly('redirect_uris', [], {
      source: 'RFC 8628 section 1',
      because: 'A device has no browser that could be redirected.',
    }),
  ],
};
