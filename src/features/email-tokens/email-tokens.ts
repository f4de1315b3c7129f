// Proofs of a mailbox: what they are for, how long they are good, and how often a code may be tried.
// Sending and checking them is email-tokens.service.ts.
import { latinDigits } from '#http/i18n/languages.ts';

export const mailProofKinds = [
  'registration',
  'verification',
  'recovery',
  'sign_in',
  'email_change',
  'email_undo',
  'invitation',
] as const;

export type MailProofKind = (typeof mailProofKinds)[number];

const minute = 60;
const day = 24 * 60 * minute;

/** Seconds a link is good. What undoes a change has to wait for somebody who was not asked. */
export const mailProofSeconds: Readonly<Record<MailProofKind, number>> = {
  registration: 60 * minute,
  verification: 60 * minute,
  recovery: 60 * minute,
  // ASVS 6.6.2: what signs somebody in by itself is good for ten minutes at most.
  sign_in: 10 * minute,
  email_change: 60 * minute,
  email_undo: 7 * day,
  invitation: 7 * day,
};

/** Tries of one code; the link stays good. */
export const mostCodeTries = 5;

/**
 * Tries of all codes sent to one address in a day. Whoever asks for mail after mail would otherwise
 * have a million codes before them and any number of tries.
 */
export const codeTriesPerMailbox = { most: 25, windowSeconds: day } as const;

/** How a code is written: six digits. */
export const codeDigits = 6;

/** What somebody typed as a code, without the spaces and hyphens that people put in. */
export function readCode(typed: string): string | undefined {
  const digits = latinDigits(typed.normalize('NFKC')).replaceAll(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

export interface MailLimit {
  readonly most: number;
  readonly windowSeconds: number;
}

/**
 * Mails that may be asked for. A browser that the person has signed in with before has a count of
 * its own, so that a stranger who asks again and again does not keep the owner from their password.
 */
export const mailLimits = {
  mailbox: { most: 10, windowSeconds: 60 * minute },
  pair: { most: 5, windowSeconds: 60 * minute },
  network: { most: 60, windowSeconds: 60 * minute },
  device: { most: 5, windowSeconds: 60 * minute },
} as const satisfies Record<string, MailLimit>;

export type MailLimitKind = keyof typeof mailLimits;
