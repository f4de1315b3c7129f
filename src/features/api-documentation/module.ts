// The OpenAPI document and the pages that show it.
import type { Module } from '#core/modules/module.ts';

export const apiDocumentationModule: Module = {
  name: 'api-documentation',
  tables: [],
  mails: [],
};
