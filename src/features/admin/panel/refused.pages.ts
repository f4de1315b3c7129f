// The page for a signed-in user who may not use the panel or one of its pages.
import { managementScopes } from '#core/clients/scopes.ts';
import type { PanelPage } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';

function permittedScopes({ may }: PanelVisit): readonly string[] {
  return managementScopes.filter((scope) => may(scope));
}

/** True for an administrator with read access only. */
export function isReadOnly(visit: PanelVisit): boolean {
  const scopes = permittedScopes(visit);
  return scopes.length > 0 && scopes.every((scope) => scope.endsWith(':read'));
}

export function refusedPage(visit: PanelVisit): PanelPage {
  if (permittedScopes(visit).length > 0) {
    return {
      title: 'Not permitted',
      lead: 'Your role does not permit this. Ask another administrator.',
      back: { label: 'Overview', href: panelPath },
      blocks: [],
    };
  }
  return {
    title: 'For administrators only',
    lead: `You are signed in as ${visit.user.email}, who is not an administrator. Ask an administrator to give you the role, or sign in with another account.`,
    blocks: [
      {
        kind: 'choices',
        choices: [
          {
            id: 'other-account',
            icon: 'users',
            label: 'Sign in with another account',
            hint: 'You return to this page.',
            href: `${panelPath}/sign-in`,
          },
          {
            id: 'own-account',
            icon: 'account',
            label: 'Your account',
            hint: 'Your profile, security and apps.',
            href: '/auth/account',
          },
        ],
      },
    ],
  };
}
