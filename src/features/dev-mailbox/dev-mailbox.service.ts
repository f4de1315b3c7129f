// The development mailbox: captures mail instead of sending it. It keeps the newest hundred mails
// for a day in the short-lived store, so that all processes see the same ones.
import type { Log } from '#platform/logging/log.ts';
import type { OutgoingMail } from '#platform/outbound/smtp.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

const keptMails = 100;
const keptSeconds = 24 * 60 * 60;
/** Lifetime of the counter; it outlives every mail, so that no number is used twice. */
const countedSeconds = 30 * keptSeconds;

export interface CapturedMail extends OutgoingMail {
  readonly number: number;
  readonly at: Date;
}

export interface MailboxDependencies {
  readonly store: ShortLivedStore;
  readonly log: Log;
  readonly now: () => Date;
}

export function createMailbox({ store, log, now }: MailboxDependencies) {
  async function find(number: number): Promise<CapturedMail | undefined> {
    const kept = await store.get('CapturedMail', String(number));
    const at = new Date(String(kept?.['at']));
    // The assertion holds because only keep() below writes these entries; the previous version wrote
    // them without images.
    return kept && ({ images: [], ...kept, number, at } as unknown as CapturedMail);
  }

  return {
    async keep(mail: OutgoingMail): Promise<void> {
      const number = await store.count('CapturedMail', 'newest', countedSeconds);
      await store.put('CapturedMail', String(number), { ...mail, at: now() }, keptSeconds);
      log.info(
        { event: 'mail.captured', task: mail.id, number },
        'mail captured in the development mailbox',
      );
    },
    find,
    /** Newest first. */
    async list(): Promise<readonly CapturedMail[]> {
      const newest = Number((await store.get('CapturedMail', 'newest'))?.['count'] ?? 0);
      const numbers = Array.from({ length: Math.min(newest, keptMails) }, (_, at) => newest - at);
      const found = await Promise.all(numbers.map(find));
      return found.filter((mail) => mail !== undefined);
    },
  };
}

export type Mailbox = ReturnType<typeof createMailbox>;
