// Addresses and documents of FedCM (https://w3c-fedid.github.io/FedCM/), with which a browser itself offers
// the accounts of this provider to an app.
import { z } from 'zod';

export const fedcmPath = '/auth/fedcm';
export const webIdentityPath = '/.well-known/web-identity';

/** Value of Sec-Fetch-Dest that only FedCM requests have; scripts cannot set it. */
export const fedcmDestination = 'webidentity';

export function fedcmConfiguration(basePath: string) {
  return {
    accounts_endpoint: `${basePath}${fedcmPath}/accounts`,
    client_metadata_endpoint: `${basePath}${fedcmPath}/client`,
    id_assertion_endpoint: `${basePath}${fedcmPath}/assertion`,
    login_url: `${basePath}/auth/sign-in`,
  };
}

const text = z.string().max(2000);

/** The parameters of an authorization request that an app may pass in `params`. */
const appParameters = z.strictObject({
  scope: text.default('openid'),
  redirect_uri: text.optional(),
  code_challenge: text.optional(),
  code_challenge_method: text.optional(),
  nonce: text.optional(),
  resource: text.optional(),
});

export type AppParameters = z.infer<typeof appParameters>;

/** `undefined` if the value is not a JSON object with known members. */
export function readAppParameters(value: string): AppParameters | undefined {
  try {
    return appParameters.parse(value === '' ? {} : JSON.parse(value));
  } catch {
    return undefined;
  }
}
