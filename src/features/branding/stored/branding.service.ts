// Shows, replaces and resets the brand on behalf of an operator.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Config } from '#config/config.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { createBrand, type ActiveBrand } from './active-brand.service.ts';
import { refuseActiveContent } from './active-content.service.ts';
import { imagesOf, type BrandSettings, type StoredBranding } from './stored-branding.ts';
import type { StoredBrandingStore } from './stored-branding.store.ts';

export interface BrandingDependencies {
  readonly config: Config;
  readonly db: Database;
  readonly store: StoredBrandingStore;
  readonly activeBrand: ActiveBrand;
  readonly audit: Audit;
  readonly invalidation: Invalidation;
  readonly now: () => Date;
}

export interface BrandingChange {
  readonly by: AuditActor;
  /** Receives the brand as it is before the change, and throws to refuse the change. */
  readonly check?: (before: StoredBranding | undefined) => void;
}

export function createBranding(dependencies: BrandingDependencies) {
  const { config, db, store, activeBrand, audit, invalidation, now } = dependencies;

  /** After the commit: this process uses the change at once, the others within a second. */
  async function announce(): Promise<void> {
    await activeBrand.load();
    await invalidation.publish({});
  }

  async function find(tx?: Knex): Promise<StoredBranding | undefined> {
    const found = await store.find(undefined, tx);
    return found?.settings ? found : undefined;
  }

  return {
    announce,
    /** `undefined`: BRANDING applies, or the look of Ostiary. */
    find,
    /** @throws AppError `invalid_input` listing every error */
    check: (settings: BrandSettings): Promise<void> => checkBrand(config, settings),
    /**
     * Replaces the whole brand.
     * @throws AppError `invalid_input` listing every error, `conflict` after a concurrent change
     */
    async write(
      settings: BrandSettings,
      { by, check }: BrandingChange,
      tx?: Knex.Transaction,
    ): Promise<StoredBranding> {
      await checkBrand(config, settings);
      const work = async (within: Knex): Promise<StoredBranding> => {
        const before = await find(within);
        check?.(before);
        const after = { settings, revision: randomUUID(), updatedAt: now() };
        if (!(await store.write(before?.revision, after, within))) throw changedMeanwhile();
        const details = { members: Object.keys(settings) };
        await audit.append({ event: 'branding.updated', actor: by, details }, within);
        return after;
      };
      if (tx) return work(tx);
      const written = await db.transaction(work);
      await announce();
      return written;
    },
    /** Returns false if none was stored. @throws AppError `conflict` after a concurrent change */
    async reset({ by, check }: BrandingChange, tx?: Knex.Transaction): Promise<boolean> {
      const work = async (within: Knex): Promise<boolean> => {
        const before = await find(within);
        check?.(before);
        if (!before) return false;
        if (!(await store.remove(before.revision, within))) throw changedMeanwhile();
        await audit.append({ event: 'branding.reset', actor: by }, within);
        return true;
      };
      if (tx) return work(tx);
      const wasStored = await db.transaction(work);
      await announce();
      return wasStored;
    },
  };
}

export type BrandingAdministration = ReturnType<typeof createBranding>;

async function checkBrand(config: Config, settings: BrandSettings): Promise<void> {
  try {
    await createBrand({ config, configured: undefined }, settings);
    refuseActiveContent(imagesOf(settings));
  } catch (cause) {
    if (!isAppError(cause, 'invalid_input')) throw cause;
    const faults = cause.message
      .replace('BRANDING is invalid:\n', '')
      .replaceAll('- BRANDING: ', '');
    throw new AppError('invalid_input', faults.split('\n').join(' '), { cause });
  }
}

function changedMeanwhile(): AppError {
  return new AppError('conflict', 'The brand was changed at the same time. Please try again.');
}
