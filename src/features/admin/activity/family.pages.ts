// The page of one refresh token family.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { FamilyTimeline, FamilyTimelines } from '#core/tokens/refresh-family-view.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { familyId, notFound } from '#http/api/parameters.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { deviceName, exactTime } from '#features/admin/page/formatting.ts';
import type { Block } from '#features/admin/page/page-model.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { familyPicture } from './family-picture.pages.ts';
import { familyState } from './family-table.pages.ts';
import { sessionPath } from './session-table.pages.ts';

export interface FamilyPageDependencies {
  readonly familyTimelines: FamilyTimelines;
  readonly users: Pick<UserStore, 'emailsOf'>;
  readonly now: () => Date;
}

export function addFamilyPage(panel: Panel, dependencies: FamilyPageDependencies): void {
  const { familyTimelines, users, now } = dependencies;

  panel.page({
    path: `${panelPath}/families/:familyId`,
    scope: 'sessions:read',
    async show(ctx, visit) {
      const id = String(ctx.params['familyId']);
      const family = familyId.pattern.test(id) ? await familyTimelines.show(id) : undefined;
      if (!family) throw notFound(familyId);
      const emails = await users.emailsOf(visit.may('users:read') ? [family.userId] : []);
      return {
        title: 'Refresh token family',
        lead: `Issued to ${family.clientName ?? family.clientId}`,
        tags: [familyState(family)],
        back: {
          label: emails.get(family.userId) ?? 'The user',
          href: `${panelPath}/users/${family.userId}`,
        },
        blocks: [...(await familyPicture(family, now())), familyFacts(family)],
      };
    },
  });
}

function familyFacts(family: FamilyTimeline): Block {
  const { id, clientId, clientName, scope, expiresAt, endedAt, sessionUid: uid, fork } = family;
  const device = family.members.at(-1)?.deviceName;
  return {
    kind: 'facts',
    title: 'Family',
    facts: [
      ...(endedAt
        ? [
            {
              label: 'Ended',
              value: { ...exactTime(endedAt), hint: fork ? 'reuse detected' : undefined },
            },
          ]
        : []),
      ...(endedAt ? [] : [{ label: 'Expires', value: exactTime(expiresAt) }]),
      {
        label: 'App',
        value: {
          text: clientName ?? clientId,
          href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}`,
        },
      },
      ...(uid === undefined
        ? []
        : [
            {
              label: 'Session',
              value: { text: device ? deviceName(device) : 'The session', href: sessionPath(uid) },
            },
          ]),
      { label: 'Scopes', value: scope ?? '-' },
      { label: 'Family ID', value: { text: id, isCode: true }, copyId: 'family-id' },
    ],
  };
}
