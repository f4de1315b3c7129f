// oidc-client-ts as in its documentation, in a page of another origin than the provider. The
// functions that the suite calls are in `globalThis.app`.
const { UserManager } = globalThis.oidc;

const { authority, client_id } = await (await fetch('/settings.json')).json();
const manager = new UserManager({
  authority,
  client_id,
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/signed-out`,
  scope: 'openid profile email',
  loadUserInfo: true,
  automaticSilentRenew: false,
});

globalThis.app = {
  signIn: () => manager.signinRedirect(),
  async finish(url) {
    const user = await manager.signinCallback(url);
    return { profile: user.profile, accessToken: user.access_token };
  },
  async renew() {
    const user = await manager.signinSilent();
    return { profile: user.profile, accessToken: user.access_token };
  },
  revoke: () => manager.revokeTokens(),
  signOut: () => manager.signoutRedirect(),
};
