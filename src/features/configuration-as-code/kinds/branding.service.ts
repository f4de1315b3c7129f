// The stored brand in a configuration file: the section has one object, `default`.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import type { BrandingAdministration } from '#features/branding/stored/branding.service.ts';
import type { Kind } from './kind.ts';

export interface BrandingKindServices {
  readonly brandingAdministration: BrandingAdministration;
  readonly by: AuditActor;
}

const onlyKey = 'default';
/** The members are validated by the rules of the brand. */
const schema = z.looseObject({});

export const brandingKind: Kind<BrandingKindServices> = {
  name: 'branding',
  schema,
  findKeyFault: (key) => (key === onlyKey ? undefined : `must be ${onlyKey}`),
  bind({ brandingAdministration: branding, by }) {
    return {
      async read() {
        const stored = await branding.find();
        return new Map(stored ? [[onlyKey, stored.settings]] : []);
      },
      async complete({ values }) {
        await branding.check(values);
        return values;
      },
      async write({ after }) {
        await branding.write(after, { by });
        return {};
      },
      async remove() {
        await branding.reset({ by });
        return {};
      },
    };
  },
};
