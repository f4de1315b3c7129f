// The pages that have a reference screenshot.
import type { ViewFixture } from '#test/support/views/view-fixture.ts';
import { fixtures } from '#test/support/views/views.ts';

/**
 * All pages except those with separate pictures: the playground (docs/images/playground.png), the preview of
 * the brand (docs/images/branding.jpg) and the panel (docs/images/panel).
 */
export const drawnViews: readonly ViewFixture[] = fixtures
  .filter(({ view }) => !['playground', 'branding-preview', 'admin-page'].includes(view.name))
  .toSorted((a, b) => (a.view.name < b.view.name ? -1 : 1));
