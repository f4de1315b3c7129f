// The page for a user who may not use the client, or not for the organization that the client named. It
// offers another account, and the return to the client with `access_denied`.
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';
import type { AccessRefusal } from '#oidc/access-control/client-access.ts';

export interface NoAccessLocals {
  readonly reason: AccessRefusal;
  readonly heading: MessageKey;
  readonly lead: MessageKey;
  readonly client: ClientView;
  readonly email: string;
  readonly formToken: string;
  readonly switchAction: string;
  readonly cancelAction: string;
}

export const noAccessView = defineView<NoAccessLocals>('interaction/no-access');

const texts = {
  client: { heading: 'no-access.heading', lead: 'no-access.lead' },
  organization: {
    heading: 'no-access.organization.heading',
    lead: 'no-access.organization.lead',
  },
} as const satisfies Readonly<Record<AccessRefusal, object>>;

export function presentRefusal(reason: AccessRefusal) {
  return { reason, ...texts[reason] };
}
