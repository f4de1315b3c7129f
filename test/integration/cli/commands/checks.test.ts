// mail test, and the findings of config check and doctor about mail, connections, the certificate and .env.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { describeExpiry, inspectCertificate } from '#cli/doctor/network/certificate.ts';
import { describeConnections } from '#cli/doctor/connections.ts';
import { inspectMail } from '#cli/doctor/network/mail.ts';
import { inspectProxies } from '#cli/doctor/network/proxies.ts';
import { readConfig } from '#config/config.ts';
import { makeIdentity } from '#test/support/browser/certificate.ts';
import { createEmptyDirectory, openShell } from '#test/support/cli/shell.ts';
import { refusal, startMailServer } from '#test/support/services/mail-server.ts';

describe('mail test', () => {
  it('sends one mail and names the server', async (t) => {
    const { url, mails } = await startMailServer(t);
    const shell = await openShell(t, { SMTP_URL: url, MAIL_FROM: 'id@example.org' });

    const text = await shell.done(['mail', 'test', 'ann@example.org']);
    const json = await shell.done(['mail', 'test', 'ann@example.org', '--json']);

    assert.match(text.out, /accepted the message from id@example\.org to ann@example\.org/);
    assert.equal(json.json()['sent'], true);
    assert.equal(mails[0]?.subject, 'Test mail of Ostiary');
  });

  it('shows the response of a server that refuses, and says if SMTP_URL is unset', async (t) => {
    const { url } = await startMailServer(t, {
      onRcptTo: (_address, _session, done) => done(refusal(550)),
    });
    const refusing = await openShell(t, { SMTP_URL: url });
    const without = await openShell(t, {});

    const refused = await refusing.run(['mail', 'test', 'ann@example.org']);
    const unset = await without.run(['mail', 'test', 'ann@example.org', '--json']);

    assert.match(refused.err, /^The mail was not sent\. \(.*550/);
    assert.match(String(unset.json()['message']), /^SMTP_URL is not set/);
    assert.deepEqual([refused.exitCode, unset.exitCode], [1, 1]);
  });
});

describe('config check', () => {
  it('names an invalid setting once and does not blame its default', async (t) => {
    const shell = await openShell(t, { PORT: 'abc', ISSUER: 'x', NODE_ENV: 'production' });

    const { faults } = (await shell.run(['config', 'check', '--json'])).json();

    assert.ok(Array.isArray(faults));
    const about = faults.filter((fault) => String(fault).startsWith('ISSUER'));
    assert.equal(about.length, 1);
    assert.doesNotMatch(faults.join('\n'), /localhost/);
  });

  it('names misspelt settings in .env', async (t) => {
    const directory = await createEmptyDirectory(t);
    await writeFile(join(directory, '.env'), 'PROUDCT_NAME=Acme\nPOSTGRES_PASSWORD=x\n');
    const shell = await openShell(t, {}, directory);

    const text = await shell.run(['config', 'check']);
    const json = await shell.run(['config', 'check', '--json']);

    assert.match(text.out, /PROUDCT_NAME in \.env is not a setting\. Did you mean PRODUCT_NAME\?/);
    const unknown = [
      { name: 'POSTGRES_PASSWORD' },
      { name: 'PROUDCT_NAME', meant: 'PRODUCT_NAME' },
    ];
    assert.deepEqual(json.json()['unknown'], unknown);
    assert.equal(text.exitCode, 0);
  });
});

describe('doctor', () => {
  it('checks the connection to the mail server', async (t) => {
    const { url } = await startMailServer(t);
    const production = { ISSUER: 'https://id.example', NODE_ENV: 'development' };

    const reached = await inspectMail(readConfig({ SMTP_URL: url }));
    const refused = await inspectMail(readConfig({ SMTP_URL: 'smtp://127.0.0.1:1' }));
    const missing = await inspectMail(readConfig(production));

    assert.equal(reached.state, 'ok');
    assert.equal(refused.state, 'fail');
    assert.match(refused.message, /127\.0\.0\.1:1 cannot be used \(.*ECONNREFUSED/);
    assert.match(missing.message, /Users cannot complete a registration/);
  });

  it('compares the connections of the workers with those of the database server', () => {
    assert.equal(describeConnections(8, 97).state, 'ok');
    const { state, message, next } = describeConnections(16, 97);
    assert.equal(state, 'warn');
    assert.match(message, /16 workers need up to 192 connections; the server accepts 97/);
    assert.match(next ?? '', /max_connections/);
  });

  it('says what to do when the proxy in front of an https issuer is not trusted', () => {
    const inspect = (settings: Readonly<Record<string, string>>) =>
      inspectProxies(readConfig({ NODE_ENV: 'development', ...settings }));
    const ISSUER = 'https://id.example';

    const [unset] = inspect({ ISSUER });
    const [trusted] = inspect({ ISSUER, TRUSTED_PROXIES: '10.0.0.5,10.1.0.0/16' });

    assert.equal(unset?.state, 'warn');
    assert.match(unset?.message ?? '', /all users appear to have the address of the proxy/);
    assert.match(unset?.next ?? '', /^Set TRUSTED_PROXIES to the address/);
    assert.equal(trusted?.state, 'ok');
    assert.match(trusted?.message ?? '', /accepted from 10\.0\.0\.5, 10\.1\.0\.0\/16\./);
    assert.deepEqual(inspect({ ISSUER: 'http://localhost:3000' }), []);
  });

  it('names the reason why clients refuse a certificate', async (t) => {
    const server = createServer(makeIdentity());
    server.listen(0, 'localhost');
    await once(server, 'listening');
    t.after(() => void server.close());
    const { port } = server.address() as AddressInfo; // a TCP server has an AddressInfo

    const [refused] = await inspectCertificate(`https://localhost:${port}`, new Date());
    const plain = await inspectCertificate('http://localhost:3000', new Date());

    assert.equal(refused?.state, 'fail');
    assert.match(refused?.message ?? '', /^Clients refuse the certificate: /);
    assert.match(refused?.next ?? '', /host name of ISSUER/);
    assert.deepEqual(plain, []);
  });

  it('warns two weeks before the certificate expires', () => {
    const now = new Date('2026-05-01T00:00:00Z');

    assert.equal(describeExpiry(new Date('2026-07-01T00:00:00Z'), now).state, 'ok');
    const soon = describeExpiry(new Date('2026-05-08T00:00:00Z'), now);
    assert.deepEqual([soon.state, soon.message], ['warn', 'It expires on 2026-05-08, in 7 days.']);
  });
});
