// Refresh token families as rows of a table.
import type { FamilySummary } from '#core/tokens/refresh-family-view.service.ts';
import { relativeTime } from '#features/admin/page/formatting.ts';
import type { RichText, TableBlock, Tone } from '#features/admin/page/page-model.ts';

export const familyTones: Readonly<Record<FamilySummary['state'], Tone>> = {
  alive: 'good',
  expired: 'quiet',
  revoked: 'quiet',
  reused: 'danger',
};

export function familyState({ state }: FamilySummary): RichText {
  return { ...showState(state), tag: familyTones[state] };
}

/** The state of a session, a grant or a family. */
export function showState(state: string): RichText {
  return state === 'alive' ? { text: 'active', tag: 'good' } : { text: state, tag: 'quiet' };
}

export function familyTable(families: readonly FamilySummary[], now: Date): TableBlock {
  return {
    kind: 'table',
    title: 'Refresh token families',
    caption: 'Refresh token families, most recent first',
    columns: [
      { label: 'App' },
      { label: 'State' },
      { label: 'Rotations', isNumber: true },
      { label: 'Began' },
    ],
    rows: families.map((family) => [
      {
        text: family.clientName ?? family.clientId,
        href: `/auth/admin/families/${family.id}`,
        isStrong: true,
      },
      familyState(family),
      String(family.generation),
      relativeTime(family.createdAt, now),
    ]),
    empty: 'No refresh tokens.',
  };
}
