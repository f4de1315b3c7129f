// Identity providers in a configuration file, by id: those that operators store, not those of
// SIGN_IN_PROVIDERS.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import { openSecret } from '#features/identity-providers/active-providers.service.ts';
import {
  readProvider,
  type ProviderChanges,
  type StoredProvider,
} from '#features/identity-providers/identity-providers.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import { equalBytes } from '#platform/crypto/hashing.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import type { Values } from '#features/configuration-as-code/document/document.ts';
import type { Kind, KindChange } from './kind.ts';

export interface IdentityProviderKindServices {
  readonly identityProviders: IdentityProviders;
  readonly keyring: Keyring;
  readonly by: AuditActor;
}

const schema = z.strictObject({
  name: z.string(),
  issuer: z.string(),
  client_id: z.string(),
  scopes: z.array(z.string()).optional(),
  trust_email: z.boolean().optional(),
  hosted_domain: z.string().optional(),
  one_tap: z.boolean().optional(),
  signals: z.boolean().optional(),
  signals_poll_endpoint: z.string().optional(),
  logo: z.string().optional(),
  enabled: z.boolean().default(true),
});

type Members = z.output<typeof schema>;

/** A placeholder for a secret that is already stored, to validate the other members. */
const anySecret = 'unchanged';

export const identityProviderKind: Kind<IdentityProviderKindServices> = {
  name: 'identity_providers',
  schema,
  secretMember: 'client_secret',
  findKeyFault: (key) =>
    /^[a-z\d-]{1,32}$/.test(key) ? undefined : 'must be 1 to 32 lower-case letters, digits and -',
  bind: (services) => ({
    async read() {
      const found = await services.identityProviders.list();
      return new Map(found.map((each) => [each.id, valuesOf(membersOf(each))]));
    },
    async complete({ key, values, secret }, before) {
      const given = schema.parse(values);
      const { enabled: _, ...members } = given;
      readProvider({ ...members, id: key }, { client_secret: secret?.value ?? anySecret });
      if (before && before['issuer'] !== given.issuer) {
        throw new AppError('invalid_input', 'issuer cannot be changed; use another id.');
      }
      if (!before && !secret) throw new AppError('invalid_input', 'client_secret is required.');
      return valuesOf(given);
    },
    async hasOtherSecret({ key, secret }) {
      const stored = (await services.identityProviders.list()).find(({ id }) => id === key);
      if (!stored || !secret) return secret !== undefined;
      const { client_secret: known = '' } = openSecret(services.keyring, stored);
      return !equalBytes(Buffer.from(known), Buffer.from(secret.value));
    },
    write: (change) => writeProvider(services, change),
    async remove(key) {
      const { identityProviders, by } = services;
      const { issuer } = await identityProviders.find(key);
      const { linkedUsers: count } = await identityProviders.usage(issuer);
      await identityProviders.remove(key, { by });
      return { effects: [{ name: 'linked accounts', count }] };
    },
  }),
};

function membersOf({ issuer, options, enabled }: StoredProvider): Members {
  const { scopes, ...rest } = options;
  return { ...rest, issuer, enabled, ...(scopes ? { scopes: [...scopes] } : {}) };
}

/** Omits members with their default value. */
function valuesOf({
  enabled,
  trust_email: trusts,
  one_tap: oneTap,
  signals,
  ...members
}: Members): Values {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(trusts === undefined ? {} : { trust_email: trusts }),
    ...(oneTap ? { one_tap: true } : {}),
    ...(signals ? { signals: true } : {}),
    ...(enabled ? {} : { enabled: false }),
  };
}

async function writeProvider(
  { identityProviders, by }: IdentityProviderKindServices,
  { key, before, after, fields, entry }: KindChange,
) {
  const secret = entry.secret && { client_secret: entry.secret.value };
  const { enabled, ...members } = schema.parse(after);
  if (!before) {
    await identityProviders.create(
      { entry: { ...members, id: key }, secret: secret ?? {}, enabled },
      by,
    );
    return {};
  }
  const isChanged = (name: string) => fields.some((field) => field.name === name);
  const changes: ProviderChanges = {
    name: members.name,
    client_id: members.client_id,
    scopes: members.scopes ?? null,
    trust_email: members.trust_email ?? null,
    hosted_domain: members.hosted_domain ?? null,
    one_tap: members.one_tap ?? null,
    signals: members.signals ?? null,
    signals_poll_endpoint: members.signals_poll_endpoint ?? null,
    logo: members.logo ?? null,
    enabled,
    ...(isChanged('client_secret') ? { secret } : {}),
  };
  await identityProviders.update(key, changes, { by });
  return {};
}
