import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createSmtp, MailRefused, type OutgoingMail } from '#platform/outbound/smtp.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { refusal, startMailServer } from '#test/support/services/mail-server.ts';

const mail: OutgoingMail = {
  id: '0b1f',
  to: 'ann@example.com',
  subject: 'Schöne Grüße, Ann',
  text: 'Guten Tag,\n\nalles ist gut.\n',
  html: '<p>Guten Tag</p>',
  images: [],
};
const patience = () => AbortSignal.timeout(10_000);

function smtpTo(url: string) {
  const from = { name: 'Ostiary', address: 'no-reply@id.example' };
  return createSmtp({ server: parseSmtpUrl(url), from });
}

describe('sent mail', () => {
  it('arrives unchanged, with the configured sender and its own Message-ID', async (t) => {
    const server = await startMailServer(t);

    await smtpTo(server.url).send(mail, patience());

    const [arrived] = server.mails;
    assert.deepEqual(arrived?.recipients, ['ann@example.com']);
    assert.equal(arrived.subject, mail.subject);
    assert.equal(arrived.text?.trim(), mail.text.trim());
    assert.equal(arrived.from?.text, '"Ostiary" <no-reply@id.example>');
    assert.equal(arrived.messageId, '<0b1f@id.example>');
    assert.equal(arrived.headers.get('auto-submitted'), 'auto-generated');
  });

  it('has one recipient and only our headers, whatever its texts contain', async (t) => {
    const server = await startMailServer(t);
    const probe = 'a\r\nBcc: evil@example.com\r\n\r\nbody';

    await smtpTo(server.url).send({ ...mail, subject: probe, text: `.\r\n${probe}` }, patience());
    await smtpTo(server.url)
      .send({ ...mail, to: '"evil@example.com" <ann@example.com>, eve@example.com' }, patience())
      .catch(() => undefined);

    const [arrived, ...others] = server.mails;
    assert.deepEqual(arrived?.recipients, ['ann@example.com']);
    assert.equal(arrived.bcc, undefined);
    assert.match(arrived.subject ?? '', /^a Bcc: evil@example.com/);
    assert.ok(others.every(({ recipients }) => recipients.length === 1));
  });
});

describe('mail server', () => {
  it('that permanently rejects a mail is reported as such', async (t) => {
    const never = await startMailServer(t, {
      onRcptTo: (_address, _session, done) => done(refusal(550)),
    });

    await assert.rejects(smtpTo(never.url).send(mail, patience()), MailRefused);
  });

  it('that is busy or rejects the sender allows a retry', async (t) => {
    const busy = await startMailServer(t, {
      onRcptTo: (_address, _session, done) => done(refusal(451)),
    });
    const strange = await startMailServer(t, {
      onMailFrom: (_address, _session, done) => done(refusal(550)),
    });

    for (const { url } of [busy, strange]) {
      await assert.rejects(
        smtpTo(url).send(mail, patience()),
        (error) => !(error instanceof MailRefused),
      );
    }
  });

  it('never receives a password without TLS', async (t) => {
    const logins: unknown[] = [];
    const server = await startMailServer(t, {
      authOptional: false,
      onAuth: (auth, _session, done) => {
        logins.push(auth);
        done(null, { user: 'us' });
      },
    });
    const url = server.url.replace('//', '//us:secret@');

    await assert.rejects(smtpTo(url).send(mail, patience()));
    assert.deepEqual(logins, []);
    await smtpTo(`${url}?tls=optional`).send(mail, patience());
    assert.equal(server.mails.length, 1);
  });

  it('that hangs is abandoned at the timeout', async (t) => {
    const url = await startSilence(t);
    const started = performance.now();

    await assert.rejects(smtpTo(url).send(mail, AbortSignal.timeout(100)));

    assert.ok(performance.now() - started < 2000);
  });
});

async function startSilence(t: CleanUp): Promise<string> {
  const server = createServer((socket) => t.after(async () => void socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => void server.close());
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a TCP port
}
