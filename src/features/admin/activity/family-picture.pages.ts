// Shows one refresh token family: its stored tokens in order, with the time between them and the reuse that
// ended the family, and a timeline unless all of it happened within a minute.
import type { FamilyMember, FamilyTimeline } from '#core/tokens/refresh-family-view.service.ts';
import { describeGap, deviceName, exactTime, plural } from '#features/admin/page/formatting.ts';
import type { Block } from '#features/admin/page/page-model.ts';
import type { LanesBlock, TimelineItem } from '#features/admin/page/picture-blocks.ts';
import { familyTones } from './family-table.pages.ts';

/** Anything shorter would be a single dot on a timeline. */
const shortestMilliseconds = 60_000;

export async function familyPicture(family: FamilyTimeline, now: Date): Promise<readonly Block[]> {
  const { generation, createdAt } = family;
  const isLong = endOf(family, now).getTime() - createdAt.getTime() >= shortestMilliseconds;
  return [
    ...(isLong ? [await rotationLane(family, now)] : []),
    {
      kind: 'timeline',
      title: 'Tokens',
      summary: `${plural(generation, 'rotation')}. Each token replaced the one before it.`,
      items: [...tokenItems(family), endItem(family)],
    },
  ];
}

function endOf({ endedAt, expiresAt }: FamilyTimeline, now: Date): Date {
  return endedAt ?? (expiresAt < now ? expiresAt : now);
}

async function rotationLane(family: FamilyTimeline, now: Date): Promise<LanesBlock> {
  // Loaded on first use, because most processes never draw a timeline.
  const { drawLanes } = await import('#features/admin/page/lanes.ts');
  const { members, fork, createdAt, state } = family;
  const rotations = members.map(({ generation, at }) => ({
    at,
    tone: 'good' as const,
    label: `token ${generation}`,
  }));
  const reuse = fork ? [{ at: fork.at, tone: 'danger' as const, label: 'used again' }] : [];
  const to = endOf(family, now);
  const lane = {
    label: plural(family.generation, 'rotation'),
    from: createdAt,
    to,
    tone: familyTones[state],
    events: [...rotations, ...reuse],
  };
  return {
    kind: 'lanes',
    title: 'Rotations over time',
    summary: fork ? 'Each dot is a token; the red dot is the reuse.' : 'Each dot is a token.',
    picture: drawLanes([lane], { from: createdAt, to }),
  };
}

/** Tokens between the first and the most recent ones are not stored. */
function tokenItems({ members }: FamilyTimeline): readonly TimelineItem[] {
  return members.flatMap((member, index): readonly TimelineItem[] => {
    const before = members[index - 1];
    const missing = before ? member.generation - before.generation - 1 : 0;
    const gap: TimelineItem = {
      title: `${plural(missing, 'more token')}, not stored`,
      tone: 'quiet',
    };
    return [...(missing > 0 ? [gap] : []), tokenItem(member, before)];
  });
}

function tokenItem(member: FamilyMember, before: FamilyMember | undefined): TimelineItem {
  const { generation, at } = member;
  return {
    title: `Token ${generation} issued`,
    tone: 'good',
    at: exactTime(at),
    gap: before && describeGap(before.at, at),
    hint: originOf(member),
  };
}

function originOf({ deviceName: name, address }: Pick<FamilyMember, 'deviceName' | 'address'>) {
  const device = name === undefined ? undefined : deviceName(name);
  return [device, address].filter((part) => part !== undefined).join('\u00a0· ') || undefined;
}

function endItem(family: FamilyTimeline): TimelineItem {
  const { fork, state, members, endedAt, expiresAt } = family;
  const last = members.at(-1)?.at;
  const after = (at: Date) => ({ at: exactTime(at), gap: last && describeGap(last, at) });
  if (fork) {
    const token = fork.generation === undefined ? 'A superseded token' : `Token ${fork.generation}`;
    return {
      title: `${token} was reused, so the whole family was revoked`,
      tone: 'danger',
      hint: originOf(fork),
      ...after(fork.at),
    };
  }
  if (state === 'alive')
    return { title: 'In use', tone: 'good', hint: 'The newest token is valid.' };
  if (state === 'expired') return { title: 'Expired', tone: 'quiet', ...after(expiresAt) };
  return { title: 'Revoked', tone: 'quiet', ...(endedAt ? after(endedAt) : {}) };
}
