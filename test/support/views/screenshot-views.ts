// The pages that have a reference screenshot.
import type { ViewFixture } from '#test/support/views/view-fixture.ts';
import { fixtures } from '#test/support/views/views.ts';

/** All but the playground, which has its own style and script: docs/images/playground.png. */
export const drawnViews: readonly ViewFixture[] = fixtures
  .filter(({ view }) => view.name !== 'playground')
  .toSorted((a, b) => (a.view.name < b.view.name ? -1 : 1));
