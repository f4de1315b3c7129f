// Namespaces of custom attributes for these tests: one that users edit, one that they can read,
// and one that only the management API can access.
import type { Environment } from '#config/config.ts';

export const shipping = {
  namespace: 'shipping',
  title: { en: 'Shipping', de: 'Versand' },
  person: 'write',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', title: 'Name on the parcel', minLength: 2, maxLength: 60 },
      size: {
        type: 'string',
        enum: ['small', 'large'],
        'x-options': { small: { en: 'Small', de: 'Klein' } },
      },
      floor: { type: 'integer', minimum: -3, maximum: 99, title: 'Floor' },
      mail: { type: 'string', format: 'email', maxLength: 100 },
      quiet: { type: 'boolean', title: 'Do not ring' },
      days: {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', enum: ['monday', 'tuesday'] },
      },
      notes: { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 20 } },
      address: {
        type: 'object',
        'x-title': { en: 'Address', de: 'Anschrift' },
        additionalProperties: false,
        required: ['city'],
        properties: {
          street: { type: 'string', maxLength: 100 },
          city: { type: 'string', minLength: 1, maxLength: 100 },
        },
      },
    },
  },
  apps: { scope: 'shipping', claims: { parcel_name: '/name', parcel_city: '/address/city' } },
  api: { read: '*', write: '*' },
} as const;

export const tier = {
  namespace: 'tier',
  title: 'Membership',
  person: 'read',
  schema: {
    type: 'object',
    properties: { level: { type: 'string', title: 'Level' }, points: { type: 'number' } },
  },
  apps: { scope: 'membership', claims: { membership: '' } },
  api: { read: '*', write: '*' },
} as const;

export const secret = {
  namespace: 'fraud-score',
  title: 'Score',
  schema: { type: 'object', properties: { score: { type: 'number' } } },
  api: { read: ['another-client'], write: [] },
} as const;

export const declared: Environment = { SUPPLEMENTS: JSON.stringify([shipping, tier, secret]) };
