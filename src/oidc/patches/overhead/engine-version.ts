// The version of oidc-provider whose code the patches in this folder replace. Their contract tests
// compare the replaced functions with those that were reviewed.
import type { KoaContextWithOIDC } from 'oidc-provider';
import engine from 'oidc-provider/package.json' with { type: 'json' };

export const reviewedVersion = '9.13.3';

/**
 * False for another version, whose functions may do more than ours. They are then not replaced, which costs
 * only speed. An installation from npm may have a newer patch release than the reviewed one.
 */
export function isReviewedVersion(version: string = engine.version): boolean {
  return version === reviewedVersion;
}

/** A step of an endpoint of oidc-provider. */
export type Step = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>;

/** The steps of an endpoint, as the modules in lib/actions/ export them. */
export type Steps = readonly ((...parameters: never[]) => unknown)[];

/**
 * Replaces the step with the same name, in every provider that this process creates afterwards. A second
 * call with the same step has no effect.
 * @throws TypeError if oidc-provider has no such step
 */
export function replaceStep(steps: Steps, step: Step): void {
  if (steps.includes(step)) return;
  const at = steps.findIndex(({ name }) => name === step.name);
  if (at < 0) throw new TypeError(`oidc-provider has no step ${step.name}`);
  // oidc-provider reads the list when a provider is created; only its declaration is read-only.
  (steps as Step[])[at] = step;
}
