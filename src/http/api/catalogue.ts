// The table of the REST interface: every address there is, in one list.
import type { Cursors } from '#http/rest/cursors.ts';
import type { Route } from '#http/rest/route.ts';
import { auditRoutes, type AuditRouteDependencies } from './audit.ts';
import { clientRoutes, type ClientRouteDependencies } from './clients.ts';
import { grantRoutes, type GrantRouteDependencies } from './grants.ts';
import { identityRoutes, type IdentityRouteDependencies } from './identities.ts';
import { familyRoutes, type FamilyRouteDependencies } from './refresh-families.ts';
import { sessionRoutes, type SessionRouteDependencies } from './sessions.ts';
import { supplementRoutes, type SupplementRouteDependencies } from './supplements.ts';
import { userRoutes, type UserRouteDependencies } from './users.ts';

export interface CatalogueDependencies
  extends
    AuditRouteDependencies,
    ClientRouteDependencies,
    FamilyRouteDependencies,
    GrantRouteDependencies,
    IdentityRouteDependencies,
    SessionRouteDependencies,
    SupplementRouteDependencies,
    UserRouteDependencies {
  readonly cursors: Cursors;
}

export function createCatalogue(dependencies: CatalogueDependencies): readonly Route[] {
  return [
    ...userRoutes(dependencies),
    ...identityRoutes(dependencies),
    ...sessionRoutes(dependencies),
    ...grantRoutes(dependencies),
    ...familyRoutes(dependencies),
    ...clientRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...supplementRoutes(dependencies),
  ];
}
