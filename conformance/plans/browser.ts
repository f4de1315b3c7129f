// Scripts for the suite's own browser, which has no person in front of it: it finds inputs by name and
// buttons by id on the hosted pages.
import type { Addresses } from '#conformance/stack/addresses.ts';
import { user } from './accounts.ts';

type Command = readonly (string | number)[];

interface Task {
  readonly task: string;
  readonly match: string;
  readonly optional?: true;
  readonly commands?: readonly Command[];
}

export interface Script {
  /** The address with which the script begins; an asterisk stands for any text. */
  readonly match: string;
  /** How often the script may run in a module. */
  readonly 'match-limit'?: number;
  readonly tasks: readonly Task[];
}

/** Waits for an element, and keeps the page as evidence where the module asks for one. */
const evidence = (id: string, isOptional = false): Command => [
  'wait',
  'xpath',
  `//*[@id='${id}']`,
  10,
  '(?s).*',
  isOptional ? 'update-image-placeholder-optional' : 'update-image-placeholder',
];

export type Scripts = ReturnType<typeof createScripts>;

export function createScripts({ issuer, suite }: Addresses) {
  const authorize = `${issuer}/oauth2/authorize*`;
  const logout = `${issuer}/oauth2/logout*`;
  const anyPage = `${issuer}/*`;
  const interaction = `${issuer}/auth/interaction*`;
  const optional = true;

  const signIn = (before: readonly Command[] = []): Task => ({
    task: 'sign in',
    match: interaction,
    optional,
    commands: [
      ...before,
      ['text', 'name', 'login', user.email, 'optional'],
      ['text', 'name', 'password', user.password, 'optional'],
      ['click', 'css', '#sign-in', 'optional'],
    ],
  });
  const allow: Task = {
    task: 'allow',
    match: interaction,
    optional,
    commands: [['click', 'css', '#allow', 'optional']],
  };
  const returned: Task = {
    task: 'back at the client',
    match: `${suite}/test/*/callback*`,
    commands: [['wait', 'id', 'submission_complete', 10]],
  };
  const mayReturn: Task = { ...returned, optional };
  const errorPage = (match: string): Task => ({
    task: 'error page',
    match,
    commands: [evidence('error')],
  });
  const confirm: Task = {
    task: 'confirm the sign-out',
    match: logout,
    optional,
    commands: [['click', 'css', '#sign-out', 'optional']],
  };
  const at = (match: string, ...tasks: readonly Task[]): readonly Script[] => [{ match, tasks }];
  const once = (...tasks: readonly Task[]): readonly Script[] => [
    { match: authorize, 'match-limit': 1, tasks },
  ];

  return {
    signIn: at(authorize, signIn(), allow, returned),
    /** The sign-in page is evidence that the user was asked again. */
    signInWithEvidence: at(authorize, signIn([evidence('sign-in', true)]), allow, returned),
    signInOnce: once(signIn(), allow, returned),
    lookOnce: once({ task: 'open the page and leave it', match: interaction, commands: [] }),
    /** The sign-in page shows logo, policy and terms of the client. */
    showSignInPage: at(authorize, {
      task: 'show the sign-in page',
      match: interaction,
      commands: [evidence('sign-in')],
    }),
    errorPage: at(authorize, errorPage(anyPage)),
    errorPageOrReturn: at(authorize, { ...errorPage(anyPage), optional }, mayReturn),
    signInOrError: at(authorize, signIn(), allow, { ...errorPage(authorize), optional }, mayReturn),
    cancel: at(
      authorize,
      { task: 'cancel', match: interaction, commands: [['click', 'css', '#cancel']] },
      returned,
    ),
    signOut: at(
      logout,
      confirm,
      {
        task: 'wait for the client',
        match: anyPage,
        optional,
        commands: [['wait', 'contains', 'post_logout_redirect', 10]],
      },
      { task: 'back at the client', match: `${suite}/test/*/post_logout_redirect*` },
    ),
    signedOutPage: at(logout, confirm, {
      task: 'signed-out page',
      match: anyPage,
      commands: [evidence('signed-out')],
    }),
    signOutError: at(logout, errorPage(anyPage)),
  };
}
