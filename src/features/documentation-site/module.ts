// The documentation site, built from docs/.
import type { Module } from '#core/modules/module.ts';

export const documentationSiteModule: Module = {
  name: 'documentation-site',
  tables: [],
  mails: [],
};
