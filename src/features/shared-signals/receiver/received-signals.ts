// The meaning of signals from identity providers: which user they are about, and what is revoked.
import { z } from 'zod';

/** `everything` includes grants that outlive a session. */
export type Consequence = 'sessions' | 'everything';

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';

/** By event type. Any other event is accepted and has no effect. */
const consequences: Readonly<Record<string, Consequence>> = {
  [`${caep}session-revoked`]: 'sessions',
  [`${caep}credential-change`]: 'sessions',
  [`${risc}sessions-revoked`]: 'sessions',
  [`${risc}account-credential-change-required`]: 'sessions',
  [`${risc}account-disabled`]: 'everything',
  [`${risc}account-purged`]: 'everything',
};

export interface ReceivedSignal {
  /** The `sub` at the provider. */
  readonly subject: string;
  readonly type: string;
  readonly consequence: Consequence;
}

const subjectText = z.string().min(1).max(255);
/** RFC 9493 §3.2.3; earlier drafts of RISC wrote `subject_type` and `iss-sub`. */
const byIssuer = z.looseObject({ iss: z.string(), sub: subjectText });
const byId = z.looseObject({ format: z.literal('opaque'), id: subjectText });
const complex = z.looseObject({ user: z.unknown() });

/**
 * The signals of a validated SET that have an effect. An email address does not identify a user, because it
 * may belong to a different user here.
 */
export function readSignals(
  claims: Readonly<Record<string, unknown>>,
  issuer: string,
): readonly ReceivedSignal[] {
  const events = z.record(z.string(), z.unknown()).safeParse(claims['events']);
  if (!events.success) return [];
  return Object.entries(events.data).flatMap(([type, event]) => {
    const consequence = Object.hasOwn(consequences, type) ? consequences[type] : undefined;
    const named = claims['sub_id'] ?? Object(event)['subject'];
    const subject = readSubject(named, issuer);
    return consequence && subject !== undefined ? [{ subject, type, consequence }] : [];
  });
}

function readSubject(named: unknown, issuer: string): string | undefined {
  const whole = complex.safeParse(named);
  if (whole.success && whole.data.user !== undefined) return readSubject(whole.data.user, issuer);
  const pair = byIssuer.safeParse(named);
  if (pair.success) return pair.data.iss === issuer ? pair.data.sub : undefined;
  const own = byId.safeParse(named);
  return own.success ? own.data.id : undefined;
}
