// Checks client metadata against the rules of its profile, and adds the defaults.
import { AppError } from '#platform/errors.ts';
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import { isProfileName, profileNamed, profileOf, type ProfileName } from './client-profiles.ts';
import type { ProfileRule, Severity } from './profile-rules.ts';

export interface ClientViolation {
  /** The member of the metadata that causes the violation. */
  readonly member: string;
  /** The specification that is violated, with the section. */
  readonly rule: string;
  readonly severity: Severity;
  /** Why it matters; a complete sentence. */
  readonly message: string;
  /** How to fix it; a complete sentence. */
  readonly remedy: string;
}

/** @param name the profile to compare with; by default that of the client */
export function findViolations(
  metadata: ClientMetadata,
  name?: ProfileName,
): readonly ClientViolation[] {
  const { rules } = name === undefined ? profileOf(metadata) : profileNamed(name);
  return rules.filter((rule) => !rule.isMet(metadata)).map(violationOf);
}

function violationOf({ member, source, severity, message, remedy }: ProfileRule): ClientViolation {
  return { member, rule: source, severity, message, remedy };
}

/** The defaults of the client's profile. */
export function defaultsOf(metadata: ClientMetadata): ClientMetadata {
  const { profile } = metadata;
  if (!isProfileName(profile)) return {};
  const { defaults } = profileNamed(profile);
  return typeof defaults === 'function' ? defaults(metadata) : defaults;
}

/**
 * Adds the defaults of the profile to the metadata of a registration. Metadata without a profile is
 * unchanged: such a client has the profile OAuth 2.1, whose violations are reported but not refused.
 * @throws AppError `invalid_input` with every contradiction to the profile
 */
export function applyProfile(metadata: ClientMetadata): ClientMetadata {
  const { profile } = metadata;
  if (!isProfileName(profile)) return metadata;
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
  const completed = { ...defaultsOf(metadata), ...Object.fromEntries(given) };
  const errors = findViolations(completed).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return completed;
  const sentences = errors.map(({ message, remedy, rule }) => `${message} ${remedy} (${rule})`);
  throw new AppError('invalid_input', `Profile ${profile}: ${sentences.join(' ')}`);
}
