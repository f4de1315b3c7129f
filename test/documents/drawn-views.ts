// The pages of which there are reference pictures.
import type { ViewName } from '#http/rendering/views/view-types.ts';
import { viewNames } from '#test/http/views.ts';

/** All but the playground, whose style and script are its own: docs/images/playground.png. */
export const drawnViews: readonly ViewName[] = viewNames
  .filter((view) => view !== 'playground')
  .toSorted();
