// Reads mail to users from the development mailbox.
import assert from 'node:assert/strict';
import type { CapturedMail } from '#features/dev-mailbox/dev-mailbox.service.ts';
import type { TestApp } from '#test/support/app.ts';

/** All mail that was sent to an address, newest first. */
export async function mailsTo(
  { services }: TestApp,
  email: string,
): Promise<readonly CapturedMail[]> {
  await services.outboxWorker.deliverDue();
  const mails = (await services.mailbox?.list()) ?? [];
  return mails.filter(({ to }) => to === email);
}

export async function newestMail(app: TestApp, email: string): Promise<CapturedMail> {
  const [mail] = await mailsTo(app, email);
  assert.ok(mail, `no mail to ${email}`);
  return mail;
}

export function codeIn({ text }: CapturedMail): string {
  const [code] = /(?<=^ {4})\d{6}$/m.exec(text) ?? [];
  assert.ok(code, `no code in: ${text}`);
  return code;
}

/** The first link whose path contains this string. */
export function linkIn({ text }: CapturedMail, path = ''): string {
  const links = text.match(/https?:\/\/\S+/g) ?? [];
  const link = links.find((each) => new URL(each).pathname.includes(path));
  assert.ok(link, `no link to ${path} in: ${text}`);
  return link;
}

/** A code that differs from this one. */
export function otherThan(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
