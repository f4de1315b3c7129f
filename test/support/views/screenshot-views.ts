// The pages that have a reference screenshot.
import type { ViewName } from '#http/rendering/views/view-types.ts';
import { viewNames } from './views.ts';

/** All but the playground, which has its own style and script: docs/images/playground.png. */
export const drawnViews: readonly ViewName[] = viewNames
  .filter((view) => view !== 'playground')
  .toSorted();
