// The functions of the installed oidc-provider that the fast path runs or leaves out
// (src/oidc/patches/handlers/, docs/decisions/0050).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import introspection from 'oidc-provider/lib/actions/introspection.js';
import token from 'oidc-provider/lib/actions/token.js';
import userinfo from 'oidc-provider/lib/actions/userinfo.js';
import { createFlows } from '#oidc/fast-path/flows.ts';
import { stepOf } from '#oidc/patches/handlers/endpoint-steps.ts';

/** No body is cached, and the form has been read. */
const reading = ['noCache', 'urlencoded'];
/** A form on the fast path has no repeated parameter, so client authentication remains. */
const authentication = ['rejectClientAuthDupes', 'setWWWAuthenticateHeader', 'authenticateClient'];

describe('an endpoint of the installed oidc-provider', () => {
  it('answers introspection by these functions', () => {
    assert.deepEqual(namesOf(introspection), [
      ...reading,
      'assembleTokenParams',
      ...authentication,
      'bound rejectDupes',
      'validateTokenPresence',
      'rejectStructuredTokens',
      'jwtIntrospectionResponse',
      'renderTokenResponse',
    ]);
  });

  it('answers token requests by these functions', () => {
    assert.deepEqual(namesOf(token), [
      ...reading,
      'assembleTokenParams',
      ...authentication,
      'bound rejectDupes',
      'stripGrantIrrelevantParams',
      'supportedGrantTypeCheck',
      'allowedGrantTypeCheck',
      'rejectDupesOptionalExcept',
      'validateScope',
      'checkRar',
      'ensureRarResource',
      'callTokenHandler',
    ]);
  });

  it('answers userinfo by these functions', () => {
    assert.deepEqual(namesOf(userinfo), [
      'noCache',
      'setWWWAuthenticateHeader',
      'urlencoded',
      'bound assembleParams',
      'bound rejectDupes',
      'validateAccessToken',
      'validateAudience',
      'validateScope',
      'loadAccessTokenClient',
      'loadAccessTokenAccount',
      'loadAccessTokenGrant',
      'respond',
    ]);
  });

  it('has every function that the fast path runs, and no other one replaces it', () => {
    createFlows();
    assert.throws(() => stepOf('token', 'renderTokenResponse'), TypeError);
  });
});

function namesOf(steps: readonly { readonly name: string }[]): string[] {
  return steps.map(({ name }) => name);
}
