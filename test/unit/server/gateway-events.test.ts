// Conversion of events to requests and of responses to results: what gateways decode, join and cut off, and
// what a client can claim about itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isGatewayEvent,
  isText,
  readRequest,
  writeResult,
} from '#server/serverless/gateway-events.ts';
import {
  eventFor,
  gateways,
  httpEvent,
  restEvent,
} from '#test/support/serverless/event-documents.ts';

const at = (path: string) => new URL(path, 'https://id.example.com');

describe('readRequest', () => {
  it('reads the same request from the event of each gateway', () => {
    const url = at('/oauth2/token?a=1&b=two+words&a=%C3%BC');
    const body = new URLSearchParams({ grant_type: 'refresh_token' });
    const headers = { cookie: 'one=1; two=2', authorization: 'Basic eDp5' };

    for (const gateway of gateways) {
      const event = eventFor(gateway, url, { method: 'POST', headers, body });
      const request = readRequest(event, '');
      assert.equal(request.method, 'POST');
      assert.equal(request.headers['cookie'], 'one=1; two=2');
      assert.equal(request.headers['authorization'], 'Basic eDp5');
      assert.equal(request.headers['content-length'], '24');
      assert.equal(request.headers['host'], 'id.example.com');
      assert.equal(request.body.toString(), 'grant_type=refresh_token');
      const target = new URL(request.path, url);
      assert.equal(target.pathname, '/oauth2/token');
      assert.deepEqual(target.searchParams.getAll('a'), ['1', 'ü'], gateway);
      assert.equal(target.searchParams.get('b'), 'two words');
    }
  });

  it('takes the address from the request context, whatever the headers say', () => {
    const headers = { 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.7' };
    const addresses = gateways.map(
      (gateway) => readRequest(eventFor(gateway, at('/'), { headers }), '').remoteAddress,
    );
    assert.deepEqual(addresses, ['203.0.113.77', '203.0.113.79', '203.0.113.78']);
  });

  it('encodes what a gateway has decoded', () => {
    const event = httpEvent('http-api', at('/auth/a'));
    const { path } = readRequest({ ...event, rawPath: '/auth/a b/ü?x#y' }, '');
    assert.equal(path, '/auth/a%20b/%C3%BC%3Fx%23y');
  });

  it('removes the stage, unless it is a part of the issuer', () => {
    const event = httpEvent('http-api', at('/'));
    const staged = (rawPath: string) => ({
      ...event,
      rawPath,
      requestContext: { ...event.requestContext, stage: 'live' },
    });
    assert.equal(readRequest(staged('/live/oauth2/jwks'), '').path, '/oauth2/jwks');
    assert.equal(readRequest(staged('/live'), '').path, '/');
    assert.equal(readRequest(staged('/lively/oauth2/jwks'), '').path, '/lively/oauth2/jwks');
    assert.equal(readRequest(staged('/live/oauth2/jwks'), '/live').path, '/live/oauth2/jwks');
    assert.equal(readRequest(staged('/oauth2/jwks'), '/id').path, '/oauth2/jwks');
  });

  it('adds the stage or the base path of a REST API if the issuer has it', () => {
    const event = restEvent(at('/oauth2/jwks'), {});
    const context = { ...event.requestContext, path: '/live/oauth2/jwks' };
    const staged = { ...event, requestContext: context };
    assert.equal(readRequest(staged, '/live').path, '/live/oauth2/jwks');
    assert.equal(readRequest(staged, '').path, '/oauth2/jwks');
  });

  it('joins the cookies of several headers, and makes other repeated headers invalid', () => {
    const event = restEvent(at('/'), {});
    const { headers } = readRequest(
      {
        ...event,
        headers: { ...event.headers, Cookie: 'two=2', Authorization: 'Bearer b' },
        multiValueHeaders: {
          ...event.multiValueHeaders,
          Cookie: ['one=1', 'two=2'],
          Authorization: ['Bearer a', 'Bearer b'],
        },
      },
      '',
    );
    assert.equal(headers['cookie'], 'one=1; two=2');
    assert.equal(headers['authorization'], 'Bearer a, Bearer b');
  });

  it('ignores headers about the connection of the client', () => {
    const headers = {
      'transfer-encoding': 'chunked',
      'content-length': '999',
      connection: 'close',
    };
    for (const gateway of gateways) {
      const request = readRequest(eventFor(gateway, at('/'), { headers }), '');
      for (const name of Object.keys(headers)) assert.equal(request.headers[name], undefined);
    }
  });
});

describe('isGatewayEvent', () => {
  it('accepts requests only', () => {
    for (const gateway of gateways) assert.equal(isGatewayEvent(eventFor(gateway, at('/'))), true);
    const others = [
      {},
      { job: 'outbox' },
      { requestContext: null },
      { requestContext: { elb: {} } },
    ];
    for (const other of others) assert.equal(isGatewayEvent(other), false);
  });
});

describe('writeResult', () => {
  const response = {
    statusCode: 200,
    body: 'body',
    isBase64Encoded: false,
    headers: {
      'content-type': 'text/html',
      'content-length': 4,
      connection: 'keep-alive',
      'set-cookie': ['a=1; Path=/', 'b=2; Path=/'],
      vary: ['Cookie', 'Origin'],
    },
  };

  it('lists cookies separately in payload 2.0', () => {
    assert.deepEqual(writeResult(httpEvent('function-url', at('/')), response), {
      statusCode: 200,
      body: 'body',
      isBase64Encoded: false,
      headers: { 'content-type': 'text/html', vary: 'Cookie, Origin' },
      cookies: ['a=1; Path=/', 'b=2; Path=/'],
    });
  });

  it('lists the values of each header in payload 1.0', () => {
    assert.deepEqual(writeResult(restEvent(at('/'), {}), response), {
      statusCode: 200,
      body: 'body',
      isBase64Encoded: false,
      multiValueHeaders: {
        'content-type': ['text/html'],
        'set-cookie': ['a=1; Path=/', 'b=2; Path=/'],
        vary: ['Cookie', 'Origin'],
      },
    });
  });

  it('passes text as text, and everything else as Base64', () => {
    const text = ['text/html; charset=utf-8', 'application/json', 'application/problem+json'];
    const others = [
      'image/png',
      'font/woff2',
      'application/octet-stream',
      'text/html; charset=latin1',
    ];
    const judge = (type: string) => isText({ headers: { 'content-type': type } });
    assert.deepEqual(
      [...text, 'image/svg+xml'].filter((type) => !judge(type)),
      [],
    );
    assert.deepEqual(others.filter(judge), []);
    assert.equal(
      isText({ headers: { 'content-type': 'text/css', 'content-encoding': 'br' } }),
      false,
    );
  });
});
