// The navigation of the account pages: every page of the account, in groups. The overview lists the
// same groups with the status of each item.
import { visibleNamespaces } from '#features/custom-attributes/custom-attributes.pages.ts';
import type { CustomAttributes } from '#features/custom-attributes/custom-attributes.service.ts';
import type { Config } from '#config/config.ts';
import type { Context } from '#http/context.ts';
import { createTranslator, defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import type { IconName, NavigationGroup } from '#http/rendering/page-frame.ts';

export interface AccountNavigationDependencies {
  readonly config: Config;
  readonly basePath: string;
  readonly supplements: CustomAttributes;
  readonly providers: { readonly list: readonly unknown[] };
}

interface Item {
  readonly id: string;
  readonly icon: IconName;
  readonly path: string;
  readonly label: MessageKey | { readonly text: string };
}

interface Group {
  readonly id: string;
  readonly label?: MessageKey;
  readonly items: readonly Item[];
}

const area = '/auth/account';

function item(id: string, icon: IconName, label: Item['label'], path = id): Item {
  return { id, icon, label, path: `${area}/${path}` };
}

const overview: Group = {
  id: 'overview',
  items: [{ id: 'home', icon: 'home', path: area, label: 'account.overview' }],
};

function personal(hasProfile: boolean, details: readonly Item[]): Group {
  const profile = hasProfile ? [item('profile', 'profile', 'account.profile')] : [];
  const own = [...profile, item('email', 'email', 'account.email'), ...details];
  return { id: 'personal', label: 'account.group.personal', items: own };
}

function security(isFederated: boolean): Group {
  const own = [
    item('password', 'password', 'account.password'),
    item('passkeys', 'passkey', 'account.passkeys'),
    item('codes', 'shield', 'account.codes'),
  ];
  const linked = isFederated ? [item('linked', 'link', 'account.linked')] : [];
  return { id: 'security', label: 'account.group.security', items: [...own, ...linked] };
}

/** Requests of apps expire within minutes, so only the overview and their own page mention them. */
function access(hasRequests: boolean): Group {
  const requests = hasRequests ? [item('requests', 'details', 'account.requests')] : [];
  const own = [
    item('sessions', 'devices', 'account.sessions'),
    item('apps', 'apps', 'account.apps'),
    ...requests,
    item('activity', 'activity', 'account.activity'),
  ];
  return { id: 'access', label: 'account.group.access', items: own };
}

const data: Group = {
  id: 'data',
  label: 'account.group.data',
  items: [item('export', 'download', 'account.export'), item('delete', 'delete', 'account.delete')],
};

const session: Group = {
  id: 'session',
  items: [
    { id: 'switch-account', icon: 'switch', path: '/auth/accounts', label: 'account.switch' },
    { id: 'sign-out', icon: 'sign-out', path: '/oauth2/logout', label: 'account.signOut' },
  ],
};

/** True on the page itself and on the pages of its actions. */
function isWithin(path: string, of: string): boolean {
  const here = path.slice(path.indexOf(area));
  return here === of || (of !== area && here.startsWith(`${of}/`));
}

/** Returns the groups in the language of the request; `isCurrent` marks the requested page. */
export function createAccountNavigation(dependencies: AccountNavigationDependencies) {
  const { config, basePath, supplements, providers } = dependencies;
  const address = (path: string) => `${basePath}${path}`;

  return (ctx: Context): readonly NavigationGroup[] => {
    const locale = ctx.state.locale ?? defaultLocale;
    const t = createTranslator(locale);
    const details = visibleNamespaces(supplements, locale).map(({ namespace, title }) =>
      item(`details-${namespace}`, 'details', { text: title }, `details/${namespace}`),
    );
    const isFederated = providers.list.length > 0;
    const hasProfile = Object.keys(config.profileClaims).length > 0;
    const hasRequests = [area, `${area}/requests`].some((path) => ctx.path.endsWith(path));
    const groups = [
      overview,
      personal(hasProfile, details),
      security(isFederated),
      access(hasRequests),
      data,
      session,
    ];
    return groups.map(({ id, label, items }) => ({
      id,
      label: label && t(label),
      items: items.map((each) => ({
        id: each.id,
        icon: each.icon,
        href: address(each.path),
        label: typeof each.label === 'string' ? t(each.label) : each.label.text,
        isCurrent: isWithin(ctx.path, each.path),
      })),
    }));
  };
}

export type AccountNavigation = ReturnType<typeof createAccountNavigation>;
