// Adds all pages of federation to the router; called by server/routes/pages.ts.
import type Router from '@koa/router';
import { addProviderLinkPages, type LinkPageDependencies } from './link.pages.ts';
import {
  createProvenIdentities,
  type ProvenIdentityDependencies,
} from './proven-identity.pages.ts';
import { addProviderStepPages, type StepPageDependencies } from './sign-in.pages.ts';
import type { UpstreamPageDependencies } from './upstream.pages.ts';
import { addUpstreamCallbackPages } from './upstream-callback.pages.ts';
import { addUpstreamStartPages } from './upstream-start.pages.ts';

export type ProviderPageDependencies = ProvenIdentityDependencies &
  UpstreamPageDependencies &
  Omit<StepPageDependencies & LinkPageDependencies, 'provenIdentities'>;

export function addProviderPages(router: Router, dependencies: ProviderPageDependencies): void {
  const parts = { ...dependencies, provenIdentities: createProvenIdentities(dependencies) };
  addUpstreamStartPages(router, parts);
  addUpstreamCallbackPages(router, parts);
  addProviderStepPages(router, parts);
  addProviderLinkPages(router, parts);
}
