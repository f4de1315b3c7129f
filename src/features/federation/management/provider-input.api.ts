// The bodies with which the API creates and changes identity providers. identity-providers.ts checks
// the values more closely, in the same way as those of SIGN_IN_PROVIDERS.
import { z } from 'zod';
import type { NewProvider } from '#features/identity-providers/identity-providers.service.ts';
import type {
  ProviderChanges,
  ProviderSecret,
} from '#features/identity-providers/identity-providers.ts';

const name = z
  .string()
  .min(1)
  .max(40)
  .meta({
    description: '1 to 40 characters, as users see it',
    examples: ['Example Corp'],
  });
const clientId = z
  .string()
  .min(1)
  .max(255)
  .meta({
    description: 'the client id that the provider issued',
    examples: ['ostiary'],
  });
const scopes = z
  .array(z.string().min(1).max(128))
  .min(1)
  .max(20)
  .meta({ description: 'a list of 1 to 20 scopes; openid is always requested' });
const flag = { description: 'true or false' };
const domain = z.string().max(253).meta({ description: 'a domain of Google Workspace' });
const pollEndpoint = z.string().max(255).meta({
  description: 'the address from which its Shared Signals are collected (RFC 8936)',
});
const logo = z.string().max(500).meta({
  description: 'apple, facebook, github, gitlab, google, microsoft, or an https address',
});
const clientSecret = z
  .string()
  .min(1)
  .max(1024)
  .meta({
    description: 'the client secret that the provider issued',
    examples: ['a-secret-of-the-provider'],
  });
const privateKey = z
  .union([z.string().max(8192), z.record(z.string(), z.unknown())])
  .meta({ description: 'a PEM or a JWK' });

export const newProvider = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(32)
    .meta({ description: 'lower-case letters, digits and -', examples: ['example-corp'] }),
  name,
  issuer: z
    .string()
    .max(255)
    .meta({
      description: 'the issuer exactly as the provider spells it',
      examples: ['https://login.example.com'],
    }),
  client_id: clientId,
  client_secret: clientSecret.optional(),
  private_key: privateKey.optional(),
  scopes: scopes.optional(),
  trust_email: z.boolean().optional().meta(flag),
  hosted_domain: domain.optional(),
  one_tap: z.boolean().optional().meta(flag),
  signals: z.boolean().optional().meta(flag),
  signals_poll_endpoint: pollEndpoint.optional(),
  logo: logo.optional(),
  enabled: z.boolean().default(true).meta(flag),
});

export const providerChange = z.strictObject({
  name: name.optional(),
  client_id: clientId.optional(),
  client_secret: clientSecret.optional(),
  private_key: privateKey.optional(),
  scopes: scopes.nullable().optional(),
  trust_email: z.boolean().nullable().optional().meta(flag),
  hosted_domain: domain.nullable().optional(),
  one_tap: z.boolean().optional().meta(flag),
  signals: z.boolean().optional().meta(flag),
  signals_poll_endpoint: pollEndpoint.nullable().optional(),
  logo: logo.nullable().optional(),
  enabled: z.boolean().optional().meta(flag),
});

export function splitNew(body: z.output<typeof newProvider>): NewProvider {
  const { client_secret, private_key, enabled, ...entry } = body;
  return { entry, secret: { client_secret, private_key }, enabled };
}

export function splitChanges(body: z.output<typeof providerChange>): ProviderChanges {
  const { client_secret, private_key, enabled, ...members } = body;
  const secret: ProviderSecret = { client_secret, private_key };
  const hasSecret = client_secret !== undefined || private_key !== undefined;
  return {
    ...members,
    ...(hasSecret ? { secret } : {}),
    ...(enabled === undefined ? {} : { enabled }),
  };
}
