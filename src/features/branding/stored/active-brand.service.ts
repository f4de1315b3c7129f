// The current brand of the pages: the stored one, otherwise that of BRANDING. Each process keeps it in
// memory. It is loaded at the start, after every change that a node publishes, and twice a second.
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Brand } from '#features/branding/brand.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { readStoredBranding, type BrandSettings } from './stored-branding.ts';
import type { StoredBrandingStore } from './stored-branding.store.ts';

export interface ActiveBrandDependencies {
  /** The brand that BRANDING sets. */
  readonly configured: Brand | undefined;
  readonly config: Config;
  readonly store: StoredBrandingStore;
  readonly log: Log;
  /** False for commands, which show no page. */
  readonly showsPages: boolean;
}

export function createActiveBrand(dependencies: ActiveBrandDependencies) {
  const { configured, store, log, showsPages } = dependencies;
  const known: { brand: Brand | undefined; revision: string | undefined } = {
    brand: configured,
    revision: undefined,
  };
  const loads = { count: 0, applied: 0 };

  async function brandOf(settings: BrandSettings): Promise<Brand | undefined> {
    try {
      return await createBrand(dependencies, settings);
    } catch (err) {
      log.error({ event: 'branding.unusable', err }, 'the stored brand cannot be used');
      return configured;
    }
  }

  return {
    get current(): Brand | undefined {
      return known.brand;
    },
    /** A load that began earlier never replaces the result of a later one. */
    async load(): Promise<void> {
      if (!showsPages) return;
      loads.count += 1;
      const own = loads.count;
      const found = await store.find(known.revision);
      if (found?.settings === null && found.revision === known.revision) return;
      const brand = found?.settings ? await brandOf(found.settings) : configured;
      if (own < loads.applied) return;
      loads.applied = own;
      known.brand = brand;
      known.revision = found?.revision;
    },
  };
}

export type ActiveBrand = ReturnType<typeof createActiveBrand>;

/**
 * Builds the stored brand, which replaces the setting except for its custom style sheet.
 * @throws AppError `invalid_input` listing every error, such as a color that cannot be read
 */
export async function createBrand(
  { config, configured }: Pick<ActiveBrandDependencies, 'config' | 'configured'>,
  settings: BrandSettings,
): Promise<Brand | undefined> {
  const { issuerUrl, productName } = config;
  const branding = readStoredBranding(settings);
  const brand = await loadBrand({ branding, issuerUrl, productName });
  if (!brand || !configured?.customStylesheet) return brand;
  const { customStylesheet } = configured;
  const custom = [...configured.files].filter(([name]) => name === 'custom.css');
  return { ...brand, customStylesheet, files: new Map([...brand.files, ...custom]) };
}
