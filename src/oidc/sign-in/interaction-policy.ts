// Decides when the user must be prompted: oidc-provider's checks, preceded by our own.
import { decodeJwt } from 'jose';
import type { Clients } from '#core/clients/clients.service.ts';
import { createSelectAccountPrompt, type OtherAccounts } from '#oidc/sessions/account-selection.ts';
import { twoFactorAcr } from '#core/sessions/authentication.ts';
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';
import { canonicalDetail, canonicalDetails } from '#core/consents/authorization-details.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import { requestedOrganization } from '#oidc/access-control/organization.ts';

const { Check, Prompt, base } = interactionPolicy;

/** The prompt of a user who may not use the client, or not for the requested organization. */
export const accessPrompt = 'access';

export interface InteractionPolicyDependencies {
  readonly facts: RequestFacts;
  readonly clients: Clients;
  readonly accounts: OtherAccounts;
  readonly subjects: SubjectIdentifiers;
}

export function createInteractionPolicy(dependencies: InteractionPolicyDependencies) {
  const policy = base();
  addAccessPrompt(policy, dependencies);
  policy.add(createSelectAccountPrompt(dependencies), 0);
  const login = policy.get('login');
  // A session of an inactive user counts as signed out. Without this check oidc-provider would
  // continue to consent without an account and answer 500.
  login?.checks.add(
    new Check(
      'account_inactive',
      'End-User authentication is required',
      'login_required',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
    0,
  );
  login?.checks.add(
    new Check('other_than_hinted', 'another End-User signed in', 'login_required', (ctx) =>
      refuseOther(ctx, dependencies.subjects),
    ),
    1,
  );
  login?.checks.add(
    new Check(
      'second_factor_requested',
      'a second factor was requested',
      'login_required',
      needsSecondFactor,
    ),
    2,
  );
  login?.checks.add(
    new Check(
      'acr_unmet',
      'an authentication requirement cannot be met',
      'login_required',
      refuseUnmet,
    ),
    3,
  );
  askForNewDetails(policy);
  policy.get('consent')?.checks.add(
    new Check(
      'document_client',
      'clients with a metadata document require End-User interaction',
      'interaction_required',
      async ({ oidc }) => {
        const clientId = oidc.client?.clientId ?? '';
        // Few client ids are URLs; all other clients need no lookup.
        if (!clientId.startsWith('https:') || oidc.result?.consent) return false;
        return (await dependencies.clients.find(clientId))?.origin === 'document';
      },
    ),
  );
  return policy;
}

/** oidc-provider would ask again for authorization details that the user has allowed before. */
function askForNewDetails(policy: ReturnType<typeof base>): void {
  const consent = policy.get('consent');
  consent?.checks.remove('rar_prompt');
  const areNew = ({ oidc }: KoaContextWithOIDC): boolean => {
    const granted = (oidc.grant?.rar ?? []).map(canonicalDetail);
    const requested = canonicalDetails(oidc.params?.['authorization_details']);
    return requested.some((detail) => !granted.includes(detail));
  };
  const description = 'authorization_details were requested';
  consent?.checks.add(new Check('details_missing', description, 'consent_required', areNew));
}

/** Checked between sign-in and consent: the user is known, and is not asked for consent in vain. */
function addAccessPrompt(
  policy: ReturnType<typeof base>,
  { facts, clients }: InteractionPolicyDependencies,
): void {
  const isRefused = async ({ oidc }: KoaContextWithOIDC): Promise<boolean> => {
    const client = oidc.client && (await clients.find(oidc.client.clientId));
    if (!client || !oidc.account) return false;
    const { assignments } = await facts.user(oidc.account.accountId);
    return refusalOf(client, assignments, requestedOrganization(oidc)) !== undefined;
  };
  const description = 'End-User may not use this client';
  const check = new Check('access_refused', description, 'access_denied', isRefused);
  policy.add(new Prompt({ name: accessPrompt, requestable: false }, check), 1);
}

/**
 * `acr_values` is a voluntary request (OpenID Connect Core §3.1.2.1). It triggers one sign-in; a
 * user without a second factor then continues without it. RFC 9470 uses it when an API requires a
 * higher level.
 */
function needsSecondFactor({ oidc }: KoaContextWithOIDC): boolean {
  const acrValues = oidc.params?.['acr_values'];
  const requested = typeof acrValues === 'string' ? acrValues.split(' ') : [];
  if (!requested.includes(twoFactorAcr) || oidc.result?.login) return false;
  return oidc.session?.accountId !== undefined && !requested.includes(oidc.acr);
}

/**
 * Without this check, an essential `acr` that the sign-in did not reach would be requested again in
 * an endless loop.
 */
function refuseUnmet({ oidc }: KoaContextWithOIDC): boolean {
  const { essential, value, values } = oidc.claims?.id_token?.acr ?? {};
  if (!oidc.result?.login || essential !== true) return false;
  const accepted = value === undefined ? (values ?? []) : [value];
  if (accepted.length === 0 || accepted.includes(oidc.acr)) return false;
  throw new errors.UnmetAuthenticationRequirements(
    'the End-User does not have the required second factor',
  );
}

/**
 * A client that named a user gets a response about that user or an error (OpenID Connect Core
 * §3.1.2.1). oidc-provider compares before the sign-in; the actual user is known only after it.
 */
async function refuseOther(
  { oidc }: KoaContextWithOIDC,
  subjects: SubjectIdentifiers,
): Promise<boolean> {
  const hint = oidc.params?.['id_token_hint'];
  const isChosen =
    oidc.result?.login !== undefined || oidc.result?.['select_account'] !== undefined;
  if (!isChosen || typeof hint !== 'string') return false;
  const { client, session } = oidc;
  const userId = session?.accountId;
  if (client && userId !== undefined) {
    if (decodeJwt(hint).sub === (await subjects.of(client, userId))) return false;
  }
  throw new errors.LoginRequired('another End-User signed in');
}
