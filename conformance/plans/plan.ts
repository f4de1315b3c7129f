// What a plan is, and what the plans are made of.
import type { Addresses } from '#conformance/stack/addresses.ts';
import type { Provider } from '#conformance/stack/provider.ts';
import type { PlanRequest } from '#conformance/suite/run-plan.ts';
import type { Scripts } from './browser.ts';
import type { Clients, Metadata } from './clients.ts';

export interface Plan extends PlanRequest {
  /** Clients that are registered before the plan. */
  readonly clients: readonly Metadata[];
}

export interface PlanContext {
  readonly addresses: Addresses;
  readonly clients: Clients;
  readonly scripts: Scripts;
  readonly provider: Provider;
  /** What every configuration of a plan names. */
  readonly server: Metadata;
}
