// Every relying party of the suite, the slowest ones first.
import { authJs } from './auth-js.ts';
import { authlib } from './authlib.ts';
import { goOidc } from './go-oidc.ts';
import { modAuthOpenidc } from './mod-auth-openidc.ts';
import { oauth2Proxy } from './oauth2-proxy.ts';
import { oauth4webapi } from './oauth4webapi.ts';
import { oidcClientTs } from './oidc-client-ts.ts';
import { openidClient } from './openid-client.ts';
import { passportOpenidconnect } from './passport-openidconnect.ts';
import type { RelyingParty } from './relying-party.ts';
import { flaskApi, goApi } from './resource-servers.ts';
import { springSecurity } from './spring-security.ts';
import { jose, joserfc, pyjwt } from './token-verifiers.ts';

export const relyingParties: readonly RelyingParty[] = [
  oauth2Proxy,
  springSecurity,
  goOidc,
  authlib,
  modAuthOpenidc,
  oidcClientTs,
  openidClient,
  oauth4webapi,
  authJs,
  passportOpenidconnect,
  flaskApi,
  goApi,
  pyjwt,
  joserfc,
  jose,
];
