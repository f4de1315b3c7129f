// Stands in for API Gateway on this machine: turns an HTTP request into an HTTP API event (payload 2.0), and
// the result into a response.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { GatewayResult, HttpEvent } from '#server/serverless/gateway-events.ts';

export async function toEvent(req: IncomingMessage): Promise<HttpEvent> {
  const [rawPath = '/', rawQueryString = ''] = (req.url ?? '/').split(/\?(.*)/s, 2);
  const { cookie, ...others } = req.headers;
  const headers = Object.entries(others).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(',') : value] as const,
  );
  const body = await buffer(req);
  const at = new Date();
  const host = req.headers.host ?? '';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: Object.fromEntries(headers),
    requestContext: {
      accountId: 'local',
      apiId: 'local',
      domainName: host,
      domainPrefix: 'local',
      http: {
        method: req.method ?? 'GET',
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: req.socket.remoteAddress ?? '',
        userAgent: req.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: at.toUTCString(),
      timeEpoch: at.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  };
}

export function sendResult(result: GatewayResult, res: ServerResponse): void {
  const { statusCode = 200, headers = {}, body = '', isBase64Encoded = false } = result;
  const cookies = 'cookies' in result ? (result.cookies ?? []) : [];
  res.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, String(value));
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  res.end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}
