// What lies in people's mailboxes: the development mailbox, read as somebody reads their mail.
import assert from 'node:assert/strict';
import type { CapturedMail } from '#features/dev-mailbox/dev-mailbox.service.ts';
import type { TestApp } from '#test/app.ts';

/** Everything that was sent to an address, the newest first. */
export async function mailsTo(
  { installation }: TestApp,
  email: string,
): Promise<readonly CapturedMail[]> {
  await installation.services.delivery.deliverDue();
  const mails = (await installation.services.mailbox?.list()) ?? [];
  return mails.filter(({ to }) => to === email);
}

export async function newestMail(app: TestApp, email: string): Promise<CapturedMail> {
  const [mail] = await mailsTo(app, email);
  assert.ok(mail, `there is no mail to ${email}`);
  return mail;
}

export function codeIn({ text }: CapturedMail): string {
  const [code] = /(?<=^ {4})\d{6}$/m.exec(text) ?? [];
  assert.ok(code, `there is no code in: ${text}`);
  return code;
}

/** The first address with that path. */
export function linkIn({ text }: CapturedMail, path = ''): string {
  const links = text.match(/https?:\/\/\S+/g) ?? [];
  const link = links.find((each) => new URL(each).pathname.includes(path));
  assert.ok(link, `there is no link to ${path} in: ${text}`);
  return link;
}

/** A code that is not this one. */
export function otherThan(code: string): string {
  return code === '000000' ? '000001' : '000000';
}
