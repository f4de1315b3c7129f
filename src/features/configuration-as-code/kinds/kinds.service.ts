// The kinds of objects in a configuration file, in the order in which they are written. They are
// deleted in the reverse order.
import { brandingKind, type BrandingKindServices } from './branding.service.ts';
import { clientKind, type ClientKindServices } from './clients.service.ts';
import { groupKind, type GroupKindServices } from './groups.service.ts';
import {
  identityProviderKind,
  type IdentityProviderKindServices,
} from './identity-providers.service.ts';
import type { Kind } from './kind.ts';
import { organizationKind, type OrganizationKindServices } from './organizations.service.ts';
import { resourceKind, type ResourceKindServices } from './resources.service.ts';
import { roleKind, type RoleKindServices } from './roles.service.ts';
import { webhookKind, type WebhookKindServices } from './webhooks.service.ts';

export type KindServices = ResourceKindServices &
  ClientKindServices &
  RoleKindServices &
  GroupKindServices &
  OrganizationKindServices &
  IdentityProviderKindServices &
  BrandingKindServices &
  WebhookKindServices;

export const kinds: readonly Kind<KindServices>[] = [
  resourceKind,
  clientKind,
  roleKind,
  groupKind,
  organizationKind,
  identityProviderKind,
  brandingKind,
  webhookKind,
];
