// Kinds, lifetimes and limits of email tokens. email-tokens.service.ts issues and verifies them.
import type { AuditActor } from '#core/audit/audit.ts';
import type { KnownUserMailValues } from './email-token-mail-templates.ts';
import { AppError } from '#platform/errors.ts';
import { latinDigits } from '#http/i18n/languages.ts';

export const emailTokenKinds = [
  'registration',
  'verification',
  'recovery',
  'sign_in',
  'email_change',
  'email_undo',
  'invitation',
] as const;

export type EmailTokenKind = (typeof emailTokenKinds)[number];

const minute = 60;
const day = 24 * 60 * minute;

/**
 * Lifetime in seconds. Reverting a change takes a user who did not expect the mail, hence a week.
 */
export const emailTokenSeconds: Readonly<Record<EmailTokenKind, number>> = {
  registration: 60 * minute,
  verification: 60 * minute,
  recovery: 60 * minute,
  // An out-of-band code that authenticates a user is valid for at most ten minutes (OWASP ASVS 5.0,
  // 6.5.5).
  sign_in: 10 * minute,
  email_change: 60 * minute,
  email_undo: 7 * day,
  invitation: 7 * day,
};

/** Attempts per code; the link stays valid when they are used up. */
export const maxCodeTries = 5;

/**
 * Attempts per day for all codes sent to one address. Without this limit, an attacker could request
 * mail after mail and guess a six-digit code with unlimited attempts.
 */
export const codeTriesPerMailbox = { most: 25, windowSeconds: day } as const;

/** Number of digits of a code. */
export const codeDigits = 6;

/** Normalizes an entered code: any script's digits, without spaces and hyphens. */
export function readCode(typed: string): string | undefined {
  const digits = latinDigits(typed.normalize('NFKC')).replaceAll(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

export interface MailLimit {
  readonly most: number;
  readonly windowSeconds: number;
}

/**
 * Limits for requesting mail. A browser in which the user has signed in before has its own counter,
 * so that an attacker who exhausts the others cannot keep the owner from recovering the account.
 * Each sign-in makes another such browser, so all those of an account share a limit as well.
 */
export const mailLimits = {
  mailbox: { most: 10, windowSeconds: 60 * minute },
  pair: { most: 5, windowSeconds: 60 * minute },
  network: { most: 60, windowSeconds: 60 * minute },
  device: { most: 5, windowSeconds: 60 * minute },
  devices: { most: 10, windowSeconds: 60 * minute },
} as const satisfies Record<string, MailLimit>;

export type MailLimitKind = keyof typeof mailLimits;

/** The context of a request for mail. */
export interface EmailRequestContext {
  /** Value of the cookie that binds the token to this browser. */
  readonly binding: string;
  readonly locale: string | undefined;
  /** The uid of the interaction in which the request was made. */
  readonly interaction: string | undefined;
  /** The IP address of the request. */
  readonly address: string;
  /** Present if this browser has signed in to the account before. */
  readonly knownDevice?: string | undefined;
  /** The operator who asked for the mail; absent for users, who are not signed in. */
  readonly by?: AuditActor;
}

/** Links to sign-in and recovery, for users who forgot that they have an account. */
export function signInMethods(issuer: string): KnownUserMailValues {
  return { link: `${issuer}/auth/sign-in`, other: `${issuer}/auth/recover` };
}

/** The uid of the interaction in which the mail was requested. */
export function interactionOf({
  content,
}: {
  readonly content: Readonly<Record<string, unknown>>;
}): string | undefined {
  const { interaction } = content;
  return typeof interaction === 'string' ? interaction : undefined;
}

export function tokenExpired(): AppError {
  return new AppError('expired', 'This link has expired or has been used.');
}
