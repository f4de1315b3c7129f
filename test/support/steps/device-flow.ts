// A device without a browser (RFC 8628), implemented with oauth4webapi, and the steps of its user.
import * as oauth from 'oauth4webapi';
import { discover, transport } from '#test/support/actors/relying-party-types.ts';
import type { AppIdentity, Person } from '#test/support/actors/relying-party.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Send } from '#test/support/actors/http-client.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** The metadata of a client that uses only this grant. */
export const deviceClient = {
  client_name: 'Living Room TV',
  grant_types: [deviceGrant, 'refresh_token'],
  response_types: [],
  redirect_uris: [] as string[],
};

export interface Poll {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A response of the token endpoint as received. */
export async function readPoll(answer: Response): Promise<Poll> {
  const body: unknown = await answer.json();
  return { status: answer.status, body: Object(body) };
}

export type Device = Awaited<ReturnType<typeof createDevice>>;

export async function createDevice(
  { issuer, send }: { readonly issuer: string; readonly send: Send },
  app: AppIdentity,
) {
  const options = transport(send);
  const as = await discover(issuer, send);
  const client: oauth.Client = { client_id: app.clientId, id_token_signed_response_alg: 'ES256' };

  return {
    as,
    clientId: app.clientId,
    async start(parameters: Readonly<Record<string, string>> = {}) {
      const request = { scope: 'openid', ...parameters };
      const answer = await oauth.deviceAuthorizationRequest(as, client, app.auth, request, options);
      return oauth.processDeviceAuthorizationResponse(as, client, answer);
    },
    async poll(deviceCode: string, via: Send = send): Promise<Poll> {
      const answer = await oauth.deviceCodeGrantRequest(
        as,
        client,
        app.auth,
        deviceCode,
        transport(via),
      );
      return readPoll(answer);
    },
    async refresh(refreshToken: string): Promise<Poll> {
      const answer = await oauth.refreshTokenGrantRequest(
        as,
        client,
        app.auth,
        refreshToken,
        options,
      );
      return readPoll(answer);
    },
    async revoke(token: string): Promise<void> {
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, client, app.auth, token, options),
      );
    },
    /** Validates the response, including the ID token. */
    async redeem(deviceCode: string) {
      const answer = await oauth.deviceCodeGrantRequest(as, client, app.auth, deviceCode, options);
      return oauth.processDeviceCodeResponse(as, client, answer);
    },
  };
}

/** Types the code; the page then shows the device that asks for access, or the error. */
export async function typeCode(browser: Browser, issuer: string, code: string): Promise<Page> {
  const page = await browser.open(`${issuer}/device`);
  return page.press('continue', { user_code: code });
}

/** Confirms the code, signs in and allows the access. */
export async function approveDevice(
  browser: Browser,
  issuer: string,
  { code, person }: { readonly code: string; readonly person: Person },
): Promise<Page> {
  const shown = await typeCode(browser, issuer, code);
  let page = await shown.press('confirm');
  if (page.has('sign-in')) {
    page = await page.press('sign-in', { login: person.email, password: person.password });
  }
  return page.has('allow') ? page.press('allow') : page;
}
