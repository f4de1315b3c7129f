// The kinds of objects in a configuration file, in the order in which they are written. They are
// deleted in the reverse order.
import { clientKind, type ClientKindServices } from './clients.service.ts';
import { groupKind, type GroupKindServices } from './groups.service.ts';
import type { Kind } from './kind.ts';
import { organizationKind, type OrganizationKindServices } from './organizations.service.ts';
import { resourceKind, type ResourceKindServices } from './resources.service.ts';
import { roleKind, type RoleKindServices } from './roles.service.ts';

export type KindServices = ResourceKindServices &
  ClientKindServices &
  RoleKindServices &
  GroupKindServices &
  OrganizationKindServices;

export const kinds: readonly Kind<KindServices>[] = [
  resourceKind,
  clientKind,
  roleKind,
  groupKind,
  organizationKind,
];
