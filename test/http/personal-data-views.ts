// What the pages of a person's own data are shown with, as rich and as poor as they can be.
import type { ViewLocals } from '#http/rendering/view-types.ts';

type DataView = 'account-export';
type Full<V extends DataView> = { [Name in keyof Required<ViewLocals[V]>]: ViewLocals[V][Name] };

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const copy = {
  action: '/auth/account/export',
  downloadAction: '/auth/account/export/download',
  pageHref: '/auth/account/export',
  formToken: 'token',
  accountHref: '/auth/account',
};

export const fullDataLocals: { readonly [V in DataView]: Full<V> } = {
  'account-export': {
    ...copy,
    stage: 'ready',
    mayAsk: false,
    days: 7,
    requested: time,
    until: time,
    fetched: undefined,
    hasPassword: true,
    asksForCode: true,
    confirmHref: undefined,
    problems: { password: 'problem.password.wrong', code: 'problem.factor.wrong' },
    isLate: true,
  },
};

export const shortDataLocals: { readonly [V in DataView]: ViewLocals[V] } = {
  'account-export': {
    ...copy,
    stage: 'none',
    mayAsk: true,
    days: 1,
    hasPassword: false,
    asksForCode: false,
    problems: {},
    isLate: false,
  },
};

export const dataHooks: { readonly [V in DataView]: readonly string[] } = {
  'account-export': ['name="form_token"'],
};
