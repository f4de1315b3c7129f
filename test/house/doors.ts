// Every door of the product and how it asks whether somebody may act. A new route fails the test
// that walks them until it stands here: whoever adds one says how it asks.

/**
 * `person`: the account, the app and the session or grant behind what is presented, each time.
 * `client`: the app alone; no person takes part. `operator`: the token's client or administrator.
 * `proof`: a password or a mailbox is proven here, and with it whether the account may act.
 * `step`: part of a sign-in, whose end is the door that asks. `nobody`: opens nothing.
 */
export type Asking = 'person' | 'client' | 'operator' | 'proof' | 'step' | 'nobody';

const oauth: Readonly<Record<string, Asking>> = {
  'GET /oauth2/authorize': 'person',
  'GET /oauth2/authorize/:uid': 'person',
  'POST /oauth2/token': 'person',
  'GET /oauth2/userinfo': 'person',
  'POST /oauth2/userinfo': 'person',
  'POST /oauth2/introspect': 'person',
  'POST /oauth2/par': 'client',
  // Giving something up is open to whoever holds it.
  'POST /oauth2/revoke': 'client',
  'GET /oauth2/logout': 'nobody',
  'GET /oauth2/logout/success': 'nobody',
  'POST /oauth2/logout/confirm': 'nobody',
  'GET /oauth2/jwks': 'nobody',
  'GET /.well-known/openid-configuration': 'nobody',
  'GET /.well-known/oauth-authorization-server': 'nobody',
};

const pages: Readonly<Record<string, Asking>> = {
  'GET /': 'person',
  'GET /auth/account': 'person',
  'GET /auth/account/profile': 'person',
  'POST /auth/account/profile': 'person',
  'GET /auth/account/password': 'person',
  'POST /auth/account/password': 'proof',
  'GET /auth/account/delete': 'person',
  'POST /auth/account/delete': 'proof',
  'POST /auth/account/keep': 'person',
  'POST /auth/account/password/remove': 'proof',
  'GET /auth/account/passkeys': 'person',
  'POST /auth/account/passkeys': 'person',
  'POST /auth/account/passkeys/options': 'person',
  'POST /auth/account/passkeys/confirm': 'proof',
  'POST /auth/account/passkeys/confirm-passkey': 'proof',
  'POST /auth/account/passkeys/confirm-passkey/options': 'person',
  'POST /auth/account/passkeys/rename': 'person',
  'POST /auth/account/passkeys/remove': 'person',
  'GET /auth/account/codes': 'person',
  'GET /auth/account/codes/new': 'person',
  'POST /auth/account/codes/begin': 'proof',
  'POST /auth/account/codes/confirm': 'person',
  'POST /auth/account/codes': 'person',
  'GET /auth/sign-in/second-factor': 'person',
  'POST /auth/sign-in/second-factor': 'proof',
  'GET /auth/interaction/:uid/second-factor': 'person',
  'POST /auth/interaction/:uid/second-factor': 'proof',
  // A challenge opens nothing; who answers one is asked then.
  'POST /auth/sign-in/passkey': 'proof',
  'POST /auth/sign-in/passkey/options': 'nobody',
  'POST /auth/sign-in/second-factor/passkey': 'proof',
  'POST /auth/sign-in/second-factor/passkey/options': 'person',
  'POST /auth/interaction/:uid/passkey': 'proof',
  'POST /auth/interaction/:uid/passkey/options': 'step',
  'POST /auth/interaction/:uid/second-factor/passkey': 'proof',
  'POST /auth/interaction/:uid/second-factor/passkey/options': 'person',
  'GET /auth/account/sessions': 'person',
  'POST /auth/account/sessions/:uid/end': 'person',
  'POST /auth/account/sessions/end-others': 'person',
  'GET /auth/account/apps': 'person',
  'POST /auth/account/apps/:clientId/revoke': 'person',
  'GET /auth/account/activity': 'person',
  'GET /auth/sign-in': 'person',
  'POST /auth/sign-in': 'proof',
  'GET /auth/interaction/:uid': 'step',
  'POST /auth/interaction/:uid/sign-in': 'proof',
  'POST /auth/interaction/:uid/consent': 'step',
  'POST /auth/interaction/:uid/cancel': 'step',
  'POST /auth/interaction/:uid/switch': 'step',
  'GET /auth/interaction/:uid/register': 'step',
  'POST /auth/interaction/:uid/register': 'step',
  'GET /auth/register': 'person',
  'POST /auth/register': 'nobody',
  // A code or a link proves the mailbox; whether the account may act is asked where one is used.
  'GET /auth/verify': 'person',
  'POST /auth/verify': 'proof',
  'POST /auth/verify/send': 'person',
  'GET /auth/interaction/:uid/verify': 'step',
  'POST /auth/interaction/:uid/verify': 'proof',
  'GET /auth/verify/link/:token': 'person',
  'POST /auth/verify/link/:token': 'proof',
  'POST /auth/interaction/:uid/verify/link/:token': 'proof',
  'GET /auth/recover': 'nobody',
  'POST /auth/recover': 'nobody',
  'GET /auth/interaction/:uid/recover': 'step',
  'POST /auth/interaction/:uid/recover': 'step',
  'GET /auth/recover/code': 'nobody',
  'POST /auth/recover/code': 'proof',
  'GET /auth/recover/password': 'nobody',
  'POST /auth/recover/password': 'proof',
  'GET /auth/recover/link/:token': 'nobody',
  'POST /auth/recover/link/:token': 'proof',
  'GET /auth/invitation/:token': 'nobody',
  'POST /auth/invitation/:token': 'proof',
  'GET /auth/account/email': 'person',
  'POST /auth/account/email': 'proof',
  // Ends what stands on the account, and starts nothing.
  'GET /auth/account/email/undo/:token': 'nobody',
  'POST /auth/account/email/undo/:token': 'nobody',
  'GET /auth/setup/:token': 'nobody',
  'POST /auth/setup/:token': 'nobody',
  'GET /auth/sign-out/stay': 'nobody',
  // Ends what stands on the account, and starts nothing.
  'GET /auth/not-me/:token': 'nobody',
  'POST /auth/not-me/:token': 'nobody',
};

const development: Readonly<Record<string, Asking>> = {
  'GET /auth/playground': 'nobody',
  'GET /auth/playground/:name': 'nobody',
  'GET /auth/dev/mail': 'nobody',
  'GET /auth/dev/mail/:number': 'nobody',
  'GET /auth/dev/mail/:number/html': 'nobody',
};

const rest: Readonly<Record<string, Asking>> = {
  'GET /auth/api/v1/audit': 'operator',
  'GET /auth/api/v1/audit/export': 'operator',
  'GET /auth/api/v1/refresh-families': 'operator',
  'GET /auth/api/v1/refresh-families/{id}': 'operator',
  'GET /auth/api/v1/sessions': 'operator',
  'GET /auth/api/v1/users/{id}': 'operator',
  'GET /auth/api/v1/users/{id}/grants': 'operator',
  'GET /auth/api/v1/users/{id}/sessions': 'operator',
  'POST /auth/api/v1/clients/{id}/block': 'operator',
  'POST /auth/api/v1/clients/{id}/unblock': 'operator',
  'POST /auth/api/v1/sign-everyone-out': 'operator',
  'POST /auth/api/v1/users/{id}/block': 'operator',
  'POST /auth/api/v1/users/{id}/revoke-tokens': 'operator',
  'POST /auth/api/v1/users/{id}/unblock': 'operator',
  'DELETE /auth/api/v1/clients/{id}/grants': 'operator',
  'DELETE /auth/api/v1/grants/{id}': 'operator',
  'DELETE /auth/api/v1/sessions/{id}': 'operator',
  'DELETE /auth/api/v1/users/{id}/sessions': 'operator',
};

export const doors: Readonly<Record<string, Asking>> = {
  ...oauth,
  'POST /oauth2/global-token-revocation': 'client',
  ...pages,
  ...development,
  ...rest,
};
