// Every relying party of the suite; those that take longest first.
import { authlib } from './authlib.ts';
import { goOidc } from './go-oidc.ts';
import { modAuthOpenidc } from './mod-auth-openidc.ts';
import { oidcClientTs } from './oidc-client-ts.ts';
import { openidClient } from './openid-client.ts';
import type { RelyingParty } from './relying-party.ts';
import { springSecurity } from './spring-security.ts';

export const relyingParties: readonly RelyingParty[] = [
  springSecurity,
  goOidc,
  authlib,
  modAuthOpenidc,
  oidcClientTs,
  openidClient,
];
