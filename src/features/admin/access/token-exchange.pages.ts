// Exchanges the authorization code of the panel for its tokens. The request passes through the whole
// application like any client's, but in process, because a server may be unable to reach its own public
// address.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { callbackPath, panelClientId } from '#features/admin/panel-client.ts';

export interface CodeExchange {
  readonly code: string;
  readonly verifier: string;
  readonly nonce: string;
}

export interface PanelTokens {
  readonly accessToken: string;
  readonly lifetimeSeconds: number;
  /** Seconds since 1970. */
  readonly authenticatedAt: number;
}

const answer = z.object({
  access_token: z.string(),
  expires_in: z.int(),
  id_token: z.string(),
});

const idToken = z.object({ nonce: z.string(), auth_time: z.int() });

export function createTokenExchange(issuerUrl: URL, basePath: string) {
  const { host, origin } = issuerUrl;
  const issuer = `${origin}${basePath}`;

  /**
   * @throws AppError `session_expired` when the code was used, has expired, or was revoked
   */
  return async function exchangeCode(ctx: Context, exchange: CodeExchange): Promise<PanelTokens> {
    const { code, verifier, nonce } = exchange;
    // Loaded on first use, because only sign-ins to the panel need it.
    const { inject } = await import('light-my-request');
    const handle = ctx.app.callback();
    // Simulated messages have the properties that Koa reads.
    const dispatch = (req: object, res: object) =>
      void handle(req as IncomingMessage, res as ServerResponse);
    const response = await inject(dispatch, {
      method: 'POST',
      url: `${basePath}/oauth2/token`,
      headers: {
        host,
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': ctx.get('user-agent'),
      },
      remoteAddress: ctx.ip,
      payload: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: panelClientId,
        redirect_uri: `${issuer}${callbackPath}`,
        code,
        code_verifier: verifier,
      }).toString(),
    });
    if (response.statusCode !== 200) {
      const cause = new Error(`token endpoint: ${response.statusCode} ${response.payload}`);
      throw new AppError('session_expired', 'The sign-in has expired.', { cause });
    }
    const tokens = answer.parse(JSON.parse(response.payload));
    // Its signature need not be verified: it came from the token endpoint (OpenID Connect Core
    // §3.1.3.7).
    const claims = idToken.parse(decodeJwt(tokens.id_token));
    if (claims.nonce !== nonce)
      throw new AppError('forbidden', 'The ID token does not belong to this sign-in.');
    return {
      accessToken: tokens.access_token,
      lifetimeSeconds: tokens.expires_in,
      authenticatedAt: claims.auth_time,
    };
  };
}

export type ExchangeCode = ReturnType<typeof createTokenExchange>;
