// One journey from the registration to a block: its spans, log lines and metrics belong together, and
// none of them holds an email address, a password, a code, a token or a cookie.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { startNodes } from '#test/support/faults/nodes.ts';
import { startMailServer, type MailServer } from '#test/support/services/mail-server.ts';
import { startSpanReceiver, type ReceivedSpan } from '#test/support/tracing/span-receiver.ts';

const email = 'ann.journey@example.com';
const password = 'four words of one journey';
const opsPort = 19_464;

async function open(t: TestContext, more: Record<string, string> = {}) {
  const receiver = await startSpanReceiver(t);
  const mail = await startMailServer(t);
  const settings = {
    LOG_LEVEL: 'trace',
    SMTP_URL: `${mail.url}?tls=optional`,
    MAIL_FROM: 'no-reply@example.com',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=collector-Canary',
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=pod-1',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ...more,
  };
  const nodes = await startNodes(t, { count: 1, settings });
  return { ...nodes, node: nodes.at(0), receiver, mail };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function newestCode({ mails }: MailServer, to: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const text = mails.findLast(({ recipients }) => recipients.includes(to))?.text ?? '';
    const [code] = /(?<=^ {4})\d{6}$/m.exec(text) ?? [];
    if (code !== undefined) return code;
    await pause(50);
  }
  throw new Error('no mail with a code arrived');
}

/** Registers, signs in, agrees, uses and refreshes tokens, and is blocked. Returns every secret. */
async function travel(opened: Opened) {
  const { issuer, node, mail, services } = opened;
  const browser = opened.browser(node);
  const form = await browser.open('/auth/register');
  const waiting = await form.press('register', { name: 'Ann Journey', email, password });
  const mailCode = await newestCode(mail, email);
  await waiting.press('verify', { code: mailCode });
  const app = await opened.createClient({ auth: 'client_secret_basic' });
  const rp = await createRelyingParty({ issuer, send: node.send, app });
  const id = String((await services.db.knex('users').where({ email }).first('id')).id);
  const login = await rp.login({ id, email, password }, offline);
  const next = await rp.refresh(login.refreshToken);
  await rp.userinfo(next);
  await rp.introspect(next.accessToken);
  await services.blocking.blockUser({ userId: id, reason: 'abuse', by: { kind: 'operator' } });
  await rp.tryRefresh(next.refreshToken);
  const cookies = login.browser.cookies.header(new URL(issuer));
  return {
    clientId: app.clientId,
    secrets: {
      email,
      password,
      mailCode,
      clientSecret: app.clientSecret,
      code: login.callback.code,
      accessToken: login.accessToken,
      refreshToken: login.refreshToken,
      idToken: login.idToken,
      nextAccessToken: next.accessToken,
      nextRefreshToken: next.refreshToken,
      ...Object.fromEntries(
        cookies
          .split('; ')
          .map((pair) => [`cookie ${pair.split('=')[0]}`, pair.replace(/^[^=]+=/, '')] as const)
          // Other cookies contain preferences, such as the last sign-in method.
          .filter(([, value]) => value.length >= 20),
      ),
    },
  };
}

async function untilSpan({ receiver }: Opened, isWanted: (span: ReceivedSpan) => boolean) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = receiver.spans.find(isWanted);
    if (found) return found;
    await pause(50);
  }
  throw new Error(`no such span among ${receiver.spans.map(({ name }) => name).join(', ')}`);
}

describe('a journey', { timeout: 180_000 }, () => {
  it('has spans, log lines and metrics of the same traces, without a secret in any', async (t) => {
    const opened = await open(t, { OPS_PORT: String(opsPort) });
    const { secrets } = await travel(opened);
    const { receiver, node } = opened;

    const isToken = ({ name }: ReceivedSpan) => name === 'POST /oauth2/token';
    const token = await untilSpan(opened, isToken);
    await untilSpan(opened, ({ name }) => name === 'mail send');
    // The last request of the journey, refused.
    await untilSpan(opened, (span) => isToken(span) && span.attributes['error.type'] === '400');

    assert.match(token.traceId, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      [token.attributes['http.route'], token.attributes['http.response.status_code']],
      ['/oauth2/token', '200'],
    );
    assert.equal(token.resource['service.name'], 'ostiary');
    assert.equal(token.resource['k8s.pod.name'], 'pod-1');
    assert.equal(receiver.headers[0]?.['x-collector-key'], 'collector-Canary');
    assert.equal(receiver.headers[0]?.['path'], '/v1/traces');

    const children = receiver.spans.filter(({ parentId }) => parentId === token.spanId);
    assert.ok(children.length > 0 && children.every(({ traceId }) => traceId === token.traceId));
    const systems = receiver.spans.map(({ attributes }) => attributes['db.system.name']);
    assert.ok(systems.includes('postgresql') && systems.includes('redis'));
    const names = new Set(receiver.spans.map(({ name }) => name));
    for (const name of [
      'POST /auth/interaction/:uid/sign-in',
      'POST /auth/register',
      'signing idtoken',
      'job mail',
    ]) {
      assert.ok(names.has(name), `${name} is missing among ${[...names].join(', ')}`);
    }
    assert.ok(
      [...names].some((name) => name.startsWith('password_hash ')),
      'hash',
    );
    const job = receiver.spans.find(({ name }) => name === 'job mail');
    const sent = receiver.spans.find(({ name }) => name === 'mail send');
    assert.equal(sent?.parentId, job?.spanId);

    const lines = node
      .log()
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const records = lines.map((line): Record<string, unknown> => Object(JSON.parse(line)));
    const ofRequests = records.filter(({ requestId }) => requestId !== undefined);
    assert.ok(ofRequests.length > 100);
    assert.deepEqual(
      ofRequests.filter(({ trace_id, span_id }) => !trace_id || !span_id),
      [],
    );
    const answered = records.find(
      ({ event, span_id }) => event === 'request.answered' && span_id === token.spanId,
    );
    assert.deepEqual(
      [answered?.['route'], answered?.['trace_id']],
      ['/oauth2/token', token.traceId],
    );
    assert.equal(answered?.['requestId'], token.attributes['ostiary.request_id']);
    const statements = records.filter(
      ({ event, trace_id }) => event === 'operation.ended' && trace_id === token.traceId,
    );
    const traced = receiver.spans
      .filter(({ traceId }) => traceId === token.traceId)
      .map(({ name }) => name);
    assert.ok(
      statements.some(
        ({ operation, name }) => operation === 'statement' && traced.includes(String(name)),
      ),
    );

    const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
    assert.match(
      metrics,
      /^ostiary_http_request_duration_seconds_count\{[^}]*route="\/oauth2\/token"[^}]*\} [1-9]/m,
    );

    const everything = { log: node.log(), spans: receiver.raw(), metrics };
    for (const [place, text] of Object.entries(everything)) {
      for (const [name, secret] of Object.entries(secrets)) {
        assert.ok(secret.length >= 6, name);
        assert.equal(text.includes(secret), false, `${name} is in the ${place}`);
        assert.equal(
          text.includes(encodeURIComponent(secret)),
          false,
          `${name} is in the ${place}`,
        );
      }
    }
  });
});

describe('the trace of a request', { timeout: 180_000 }, () => {
  const parent = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${parent}-00f067aa0ba902b7-01`;

  it('continues that of a trusted proxy only', async (t) => {
    const trusting = await open(t, { TRUSTED_PROXIES: '127.0.0.1' });
    const headers = { traceparent };
    await trusting.node.send(`${trusting.issuer}/auth/sign-in`, { headers });
    const continued = await untilSpan(trusting, ({ traceId }) => traceId === parent);
    const stranger = await open(t);
    await stranger.node.send(`${stranger.issuer}/auth/sign-in`, { headers });
    const own = await untilSpan(stranger, ({ name }) => name === 'GET /auth/sign-in');

    assert.equal(continued.parentId, '00f067aa0ba902b7');
    assert.notEqual(own.traceId, parent);
    assert.equal(own.parentId, '');
  });

  it('has the ids and the header of AWS X-Ray with OTEL_PROPAGATORS=xray', async (t) => {
    const opened = await open(t, { TRUSTED_PROXIES: '127.0.0.1', OTEL_PROPAGATORS: 'xray' });
    const root = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await opened.node.send(`${opened.issuer}/auth/sign-in`, {
      headers: { 'x-amzn-trace-id': root },
    });
    // An Application Load Balancer sends no more than this.
    await opened.node.send(`${opened.issuer}/oauth2/jwks`, {
      headers: { 'x-amzn-trace-id': 'Root=1-5759e988-0123456789abcdef01234567' },
    });
    await opened.node.send(`${opened.issuer}/auth/register`);

    const continued = await untilSpan(
      opened,
      ({ traceId }) => traceId === '5759e988bd862e3fe1be46a994272793',
    );
    const own = await untilSpan(opened, ({ name }) => name === 'GET /auth/register');

    assert.equal(continued.parentId, '53995c3f42cd8ad8');
    const named = await untilSpan(opened, ({ name }) => name === 'GET /oauth2/jwks');
    assert.deepEqual([named.traceId, named.parentId], ['5759e9880123456789abcdef01234567', '']);
    const madeAt = Number.parseInt(own.traceId.slice(0, 8), 16);
    assert.ok(Math.abs(madeAt - Date.now() / 1000) < 300, 'the id begins with the time');
  });
});
