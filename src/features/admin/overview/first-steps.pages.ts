// The first steps of a new installation, shown after the setup of the first administrator.
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { AccountStatusStore } from '#features/account-overview/account-status.store.ts';
import { panelClientId, panelPath } from '#features/admin/panel-client.ts';
import type { ChecklistBlock } from '#features/admin/page/choice-blocks.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { Config } from '#config/config.ts';

export interface FirstStepDependencies {
  readonly accountStatus: AccountStatusStore;
  readonly clientStore: ClientStore;
  readonly config: Config;
  readonly canSendMail: boolean;
  readonly now: () => Date;
}

/** Built-in clients, which exist from the start. */
const builtIn: readonly string[] = [panelClientId, 'playground'];

export async function firstSteps(
  { accountStatus, clientStore, canSendMail, config, now }: FirstStepDependencies,
  { user }: PanelVisit,
): Promise<ChecklistBlock['items']> {
  const [status, clients] = await Promise.all([
    accountStatus.read(user.id, now()),
    clientStore.list({ limit: builtIn.length + 1 }),
  ]);
  return [
    {
      id: 'email',
      isDone: user.emailVerified,
      label: 'Confirm your email address',
      hint: 'So you can recover your account and receive security alerts.',
      href: '/auth/account/email',
      action: 'Confirm address',
    },
    {
      id: 'passkey',
      isDone: status.passkeys > 0 || status.hasSecondFactor,
      label: 'Add a passkey or an authenticator app',
      hint: 'Administrators should not rely on a password alone.',
      href: '/auth/account/passkeys',
      action: 'Add a passkey',
    },
    {
      id: 'client',
      isDone: clients.some(({ clientId }) => !builtIn.includes(clientId)),
      label: 'Register your first client',
      hint: 'Choose a type and framework to get the right defaults.',
      href: `${panelPath}/clients/new`,
      action: 'Register client',
    },
    {
      id: 'mail',
      isDone: config.smtpUrl !== undefined,
      label: 'Set up email',
      hint: canSendMail
        ? 'Email currently goes to the development mailbox. Set SMTP_URL to deliver it.'
        : 'Set SMTP_URL. Until then, email stays in the outbox.',
      href: `${panelPath}/settings`,
      action: 'See settings',
    },
  ];
}

/**
 * Returns nothing when all steps are done.
 * @param name begins the heading where the title of the page does not name the steps
 */
export function firstStepBlocks(
  items: ChecklistBlock['items'],
  name = '',
): readonly ChecklistBlock[] {
  const done = items.filter(({ isDone }) => isDone).length;
  if (done === items.length) return [];
  return [{ kind: 'checklist', title: `${name}${done} of ${items.length} done`, items }];
}

export function addFirstSteps(panel: Panel, dependencies: FirstStepDependencies): void {
  panel.page({
    path: `${panelPath}/start`,
    scope: 'users:read',
    async show(_ctx, visit) {
      const items = await firstSteps(dependencies, visit);
      const isDone = items.every((each) => each.isDone);
      return {
        title: 'First steps',
        lead: isDone ? 'Everything is set up.' : 'Finish setting up your server.',
        actions: [{ label: 'Go to overview', href: panelPath, scope: 'users:read' }],
        blocks: firstStepBlocks(items).map((block) => ({ ...block, isGuide: true })),
      };
    },
  });
}
