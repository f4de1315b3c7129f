// Organizations in a configuration file, by name. Members are data, not configuration.
import { z } from 'zod';
import type { Administrator } from '#core/access-control/administration.service.ts';
import type { Organization } from '#features/organizations/organizations.ts';
import { displayName, organizationName } from '#features/organizations/organizations.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import type { Kind } from './kind.ts';
import { readAll } from './values.ts';

export interface OrganizationKindServices {
  readonly organizationService: OrganizationService;
  readonly administrator: Administrator;
}

const schema = z.strictObject({ display_name: displayName });

export const organizationKind: Kind<OrganizationKindServices> = {
  name: 'organizations',
  schema,
  findKeyFault: (key) =>
    organizationName.safeParse(key).success ? undefined : `must be ${organizationName.description}`,
  bind({ organizationService: service, administrator }) {
    return {
      async read() {
        const found = await readAll<Organization>((page) => service.list(page));
        return new Map(found.map((each) => [each.name, { display_name: each.displayName }]));
      },
      complete: async ({ values }) => schema.parse(values),
      async write({ key, before, after }) {
        const { display_name: text } = schema.parse(after);
        if (before) {
          const { id } = await service.find(key);
          await service.update(id, { displayName: text }, administrator);
        } else await service.create({ name: key, displayName: text }, administrator);
        return {};
      },
      async remove(key) {
        const { id, memberCount } = await service.find(key);
        await service.remove(id, administrator);
        return { effects: [{ name: 'members', count: memberCount }] };
      },
    };
  },
};
