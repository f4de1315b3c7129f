// Refresh token families as rows of a table and as a picture.
import type { FamilySummary, FamilyTimeline } from '#core/tokens/refresh-family-view.service.ts';
import { plural, relativeTime } from '#features/admin/page/formatting.ts';
import type { LanesBlock, RichText, TableBlock, Tone } from '#features/admin/page/page-model.ts';

const tones: Readonly<Record<FamilySummary['state'], Tone>> = {
  alive: 'good',
  expired: 'quiet',
  revoked: 'quiet',
  reused: 'danger',
};

export function familyState({ state }: FamilySummary): RichText {
  return { text: state, tag: tones[state] };
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

export async function familyLane(family: FamilyTimeline, now: Date): Promise<LanesBlock> {
  // Loaded on use, because most processes never draw a time line.
  const { drawLanes } = await import('#features/admin/page/lanes.ts');
  const { members, fork, createdAt, endedAt, expiresAt, state } = family;
  const rotations = members.map(({ generation, at, deviceName }) => ({
    at,
    tone: 'good' as const,
    label: `token ${generation}${deviceName === undefined ? '' : `, ${deviceName}`}`,
  }));
  const reuse = fork
    ? [{ at: fork.at, tone: 'danger' as const, label: 'a superseded token was used again' }]
    : [];
  const lane = {
    label: family.clientName ?? family.clientId,
    from: createdAt,
    to: endedAt ?? (expiresAt < now ? expiresAt : now),
    tone: tones[state],
    events: [...rotations, ...reuse],
  };
  const end = fork ? 'It ended because a superseded token was used again.' : `It is ${state}.`;
  return {
    kind: 'lanes',
    title: 'Rotations',
    summary: `${plural(family.generation, 'rotation')}. ${end}`,
    picture: drawLanes([lane], now),
  };
}
