// All pages of signing in with others, in one place for pages.ts.
import type Router from '@koa/router';
import { addProviderLinkPages, type LinkPageDependencies } from './link.ts';
import { createPlaces, type PlaceDependencies } from './places.ts';
import { addProviderStepPages, type StepPageDependencies } from './steps.ts';
import { addTripPages, type TripPageDependencies } from './trips.ts';

export type ProviderPageDependencies = PlaceDependencies &
  TripPageDependencies &
  Omit<StepPageDependencies & LinkPageDependencies, 'places'>;

export function addProviderPages(router: Router, dependencies: ProviderPageDependencies): void {
  const parts = { ...dependencies, places: createPlaces(dependencies) };
  addTripPages(router, parts);
  addProviderStepPages(router, parts);
  addProviderLinkPages(router, parts);
}
