// View of a refresh token family for diagnosis: its first token, the stored rotations, and the
// reuse that revoked it.
import type { Page, PageRequest } from '#platform/paging.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import type { FamilyListStore, ListedFamily } from './refresh-family-list.store.ts';

/** One token of the family. */
export interface FamilyMember {
  readonly generation: number;
  readonly at: Date;
  /** Address of the client that received the token; unknown for the first token. */
  readonly address: string | undefined;
  readonly deviceName: string | undefined;
}

export interface FamilyFork extends Omit<FamilyMember, 'generation'> {
  /** Generation of the reused token; `undefined` when it was not recorded. */
  readonly generation: number | undefined;
  readonly auditId: string;
}

export type FamilyState = 'alive' | 'expired' | 'revoked' | 'reused';

export interface FamilySummary extends Omit<ListedFamily, 'rotations' | 'endedBecause'> {
  readonly state: FamilyState;
}

export interface FamilyTimeline extends FamilySummary {
  /** In order of generation; those between the first and the most recent ones are not stored. */
  readonly members: readonly FamilyMember[];
  readonly fork: FamilyFork | undefined;
}

export interface FamilyTimelineDependencies {
  readonly families: FamilyListStore;
  readonly now: () => Date;
}

export function createFamilyTimelines({ families, now }: FamilyTimelineDependencies) {
  function summarise({ rotations: _, endedBecause, ...family }: ListedFamily): FamilySummary {
    const ended = endedBecause ?? (family.endedAt ? 'revoked' : undefined);
    return { ...family, state: ended ?? (family.expiresAt > now() ? 'alive' : 'expired') };
  }

  async function findFork(family: ListedFamily): Promise<FamilyFork | undefined> {
    if (family.endedBecause !== 'reused') return undefined;
    const noted = await families.findReuse(family);
    if (!noted) return undefined;
    const { auditId, at, reusedGeneration: generation, address, device } = noted;
    return { auditId, at, generation, address, deviceName: nameOf(device) };
  }

  return {
    /** Live and ended families, most recent first. */
    async list(userId: string, page: PageRequest): Promise<Page<FamilySummary>> {
      const { items, next } = await families.listOfUser(userId, page);
      return { items: items.map(summarise), next };
    },
    async show(id: string): Promise<FamilyTimeline | undefined> {
      const family = await families.find(id);
      if (!family) return undefined;
      return { ...summarise(family), members: membersOf(family), fork: await findFork(family) };
    },
  };
}

export type FamilyTimelines = ReturnType<typeof createFamilyTimelines>;

function membersOf({ createdAt, rotations }: ListedFamily): FamilyMember[] {
  const first = { generation: 0, at: createdAt, address: undefined, deviceName: undefined };
  const later = rotations.map(({ generation, at, address, device }) => ({
    generation,
    at: new Date(at),
    address: address || undefined,
    deviceName: nameOf(device),
  }));
  return [first, ...later.toReversed()];
}

function nameOf(device: string | undefined): string | undefined {
  return describeDevice(device ?? '') || undefined;
}

/** The JSON form of a family, of the API and of the command line. */
export function presentFamily(summary: FamilySummary) {
  return {
    id: summary.id,
    state: summary.state,
    user_id: summary.userId,
    client_id: summary.clientId,
    client_name: summary.clientName ?? null,
    grant_id: summary.grantId,
    session_uid: summary.sessionUid ?? null,
    scope: summary.scope ?? null,
    generation: summary.generation,
    created_at: summary.createdAt.toISOString(),
    expires_at: summary.expiresAt.toISOString(),
    ended_at: summary.endedAt?.toISOString() ?? null,
  };
}

export function presentTimeline({ members, fork, ...summary }: FamilyTimeline) {
  return {
    ...presentFamily(summary),
    members: members.map(({ generation, at, address, deviceName }) => ({
      generation,
      at: at.toISOString(),
      address: address ?? null,
      device: deviceName ?? null,
    })),
    fork: fork
      ? {
          generation: fork.generation ?? null,
          at: fork.at.toISOString(),
          address: fork.address ?? null,
          device: fork.deviceName ?? null,
          audit_id: fork.auditId,
        }
      : null,
  };
}
