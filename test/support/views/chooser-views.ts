/** Fixtures of the page with the accounts of a browser. */
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountChooserView } from '#features/account-chooser/account-chooser.pages.ts';
import type { BrowserAccount } from '#oidc/sessions/browser-accounts.ts';

function anAccount(
  uid: string,
  name: string | undefined,
  email: string,
  state: BrowserAccount['state'],
): BrowserAccount {
  return { uid, userId: uid, name, email, state };
}

export const chooserFixtures: readonly ViewFixture[] = [
  aFixture(accountChooserView, {
    full: {
      action: '/auth/interaction/1/account',
      formToken: 'token',
      client: { name: 'Acme Notes', host: 'notes.acme.example' },
      problem: 'account-chooser.problem.ended',
      accounts: [
        anAccount('1', 'Ada Lovelace', 'ada@example.org', 'active'),
        anAccount('2', undefined, 'grace.brewster.murray.hopper@navy.example.org', 'parked'),
        anAccount('3', 'Edsger Dijkstra', 'edsger@example.net', 'signed-out'),
      ],
      removeAction: '/auth/interaction/1/account/remove',
      signInHref: '/auth/interaction/1/sign-in',
      signOutAction: '/auth/accounts/sign-out',
      cancelAction: '/auth/interaction/1/cancel',
    },
    short: {
      action: '/auth/accounts',
      formToken: 'token',
      accounts: [anAccount('1', 'Ada Lovelace', 'ada@example.org', 'active')],
      removeAction: '/auth/accounts/remove',
      signInHref: '/auth/sign-in',
    },
    hooks: ['name="account"', 'name="form_token"', 'id="account-1"', 'id="other"'],
  }),
];
