// The page for the code of a device (RFC 8628 §3.3): the user types the code, or opens the address
// that contains it, compares what the device shows, and continues with the sign-in. The link of a
// phisher also contains a valid code, so nothing happens before the user has seen which app asks,
// from where and when (§5.4).
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Audit } from '#core/audit/audit.service.ts';
import { viewOf } from '#features/interaction/registered-client.pages.ts';
import type { Context, Next } from '#http/context.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { showDevice } from '#http/i18n/devices.ts';
import { createTranslator, defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import { showExactTime, type ExactTime } from '#http/i18n/times.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView, type FormLocals } from '#http/rendering/view.ts';
import type { Form } from '#http/request/input.ts';
import { readQuery } from '#http/request/input.ts';
import { replaceField } from '#http/request/request-body.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { DeviceCodes, OpenDeviceCode } from '#oidc/asynchronous/device-codes.ts';
import { formatUserCode, readUserCode } from '#oidc/asynchronous/user-codes.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { countryOf } from '#platform/request/geoip.ts';
import { auditDenial, deviceEndedView, devicePath, endedLocals } from './device-outcome.pages.ts';
import { windowSeconds, type UserCodeThrottle } from './user-code-throttle.service.ts';

export interface DeviceCodeLocals extends FormLocals {
  /** The code as typed, or as the URL contains it. */
  readonly userCode: string;
  readonly problem?: MessageKey | undefined;
}

export const deviceCodeView = defineView<DeviceCodeLocals>('device-authorization/device-code');

export interface DeviceConfirmLocals extends FormLocals {
  readonly client: ClientView;
  readonly userCode: string;
  readonly country?: string | undefined;
  readonly address?: string | undefined;
  readonly device?: string | undefined;
  readonly requested: ExactTime;
  /** The address of the user who is signed in in this browser. */
  readonly email?: string | undefined;
}

export const deviceConfirmView = defineView<DeviceConfirmLocals>(
  'device-authorization/device-confirm',
);

export interface DevicePageDependencies {
  readonly basePath: string;
  readonly site: SitePages;
  readonly deviceCodes: DeviceCodes;
  readonly userCodeThrottle: UserCodeThrottle;
  readonly audit: Audit;
  readonly now: () => Date;
}

interface Typed {
  readonly form: Form;
  readonly userCode: string;
}

const problems = {
  unknown: 'device-code.problem.unknown',
  expired: 'device-code.problem.expired',
  used: 'device-code.problem.used',
  refused: 'device-code.problem.refused',
  throttled: 'device-code.problem.throttled',
} as const satisfies Readonly<Record<string, MessageKey>>;

export function addDevicePages(router: Router, dependencies: DevicePageDependencies): void {
  const { site, deviceCodes, userCodeThrottle, now } = dependencies;

  router.get(devicePath, (ctx) => {
    const given = readQuery(ctx).get('user_code');
    const userCode = readUserCode(given);
    showInput(dependencies, ctx, userCode === undefined ? '' : formatUserCode(userCode));
  });

  router.post(devicePath, limit('userCodes'), async (ctx, next) => {
    const form = await site.readForm(ctx);
    const typed = form.get('user_code');
    const userCode = readUserCode(typed);
    if (userCode === undefined) return showInput(dependencies, ctx, shorten(typed), 'unknown');
    const guesser = { browser: site.visitor(ctx), address: ctx.ip, at: now() };
    if (!(await userCodeThrottle.admit(guesser))) {
      ctx.set('Retry-After', String(windowSeconds));
      return showInput(dependencies, ctx, formatUserCode(userCode), 'throttled');
    }
    const found = await deviceCodes.find(userCode);
    if (found.state === 'unknown') {
      return showInput(dependencies, ctx, formatUserCode(userCode), 'unknown');
    }
    await userCodeThrottle.forgive(guesser);
    if (found.state !== 'open') {
      return showInput(dependencies, ctx, formatUserCode(userCode), found.state);
    }
    return decide(dependencies, { ctx, next, found, typed: { form, userCode } });
  });
}

function showInput(
  { site }: DevicePageDependencies,
  ctx: Context,
  userCode: string,
  problem?: keyof typeof problems,
): void {
  const locals = {
    action: site.address(devicePath),
    formToken: site.formToken(ctx),
    userCode,
    problem: problem && problems[problem],
  };
  const status = problem === undefined ? 200 : problem === 'throttled' ? 429 : 422;
  site.render(ctx, deviceCodeView, locals, status);
}

interface Decision {
  readonly ctx: Context;
  readonly next: Next;
  readonly found: OpenDeviceCode;
  readonly typed: Typed;
}

async function decide(dependencies: DevicePageDependencies, decision: Decision): Promise<unknown> {
  const { ctx, next, found, typed } = decision;
  switch (typed.form.get('decision')) {
    case 'continue':
      passOn(ctx, typed);
      return next();
    case 'deny':
      return deny(dependencies, ctx, { found, typed });
    default:
      return showConfirmation(dependencies, ctx, { found, typed });
  }
}

/** oidc-provider continues with the sign-in, and expects the field names of its own form. */
function passOn(ctx: Context, { form, userCode }: Typed): void {
  const secret = form.get('form_token');
  ctx.state.confirmedDeviceForm = secret;
  replaceField(ctx, 'xsrf', secret);
  replaceField(ctx, 'user_code', userCode);
  replaceField(ctx, 'confirm', 'yes');
}

async function deny(
  { basePath, site, deviceCodes, audit }: DevicePageDependencies,
  ctx: Context,
  { found, typed }: Pick<Decision, 'found' | 'typed'>,
): Promise<void> {
  const denied = await deviceCodes.deny(typed.userCode);
  if (denied) {
    const visitor = await site.signedIn(ctx);
    await auditDenial(audit, { clientId: found.client.clientId, userId: visitor?.user.id });
  }
  const reason = denied ? 'denied' : 'used';
  site.render(ctx, deviceEndedView, endedLocals(basePath, reason), denied ? 200 : 409);
}

async function showConfirmation(
  { site, now }: DevicePageDependencies,
  ctx: Context,
  { found, typed }: Pick<Decision, 'found' | 'typed'>,
): Promise<void> {
  const visitor = await site.signedIn(ctx);
  const locale = ctx.state.locale ?? defaultLocale;
  const { client, device, requestedAt } = found;
  site.render(ctx, deviceConfirmView, {
    action: site.address(devicePath),
    formToken: site.formToken(ctx),
    client: viewOf(client),
    userCode: formatUserCode(typed.userCode),
    country: showCountry(countryOf(device.address), locale),
    address: device.address,
    device: showDevice(createTranslator(locale), describeDevice(device.userAgent)),
    requested: showExactTime(requestedAt, now(), locale, visitor?.user.claims.zoneinfo),
    email: visitor?.user.email,
  });
}

function shorten(typed: string): string {
  return typed.slice(0, 40);
}
