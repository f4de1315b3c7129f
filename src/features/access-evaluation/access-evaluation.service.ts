// Decides whether a user or client may do something: scopes of APIs by the permissions of roles, and sign-in
// to a client by its access rules. Unknown subjects, actions and resources are denied.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import { findMembership, maySignIn, type Assignments } from '#core/access-control/assignments.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { isUuid } from '#platform/uuid.ts';
import { placeOf, signInAction, type Question } from './access-evaluation.ts';

export interface AccessEvaluationDependencies {
  readonly accessControl: AccessControl;
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
  readonly now: () => Date;
}

/** Loads the assignments of an active user; `undefined` for any other. */
type LoadUser = (id: string) => Promise<Assignments | undefined>;

export function createAccessEvaluation(dependencies: AccessEvaluationDependencies) {
  return {
    /** Decides questions one after the other, with one lookup per user. */
    start() {
      const loaded = new Map<string, Promise<Assignments | undefined>>();
      const load: LoadUser = (id) => {
        const known = loaded.get(id) ?? loadUser(dependencies, id);
        loaded.set(id, known);
        return known;
      };
      return { decide: (question: Question) => decide(dependencies, load, question) };
    },
  };
}

export type AccessEvaluation = ReturnType<typeof createAccessEvaluation>;

async function decide(
  dependencies: AccessEvaluationDependencies,
  load: LoadUser,
  question: Question,
): Promise<boolean> {
  switch (question.subject.type) {
    case 'user': {
      const assignments = await load(question.subject.id);
      return assignments !== undefined && decideForUser(dependencies, assignments, question);
    }
    case 'client':
      return decideForClient(dependencies, question);
    default:
      return false;
  }
}

async function loadUser(
  { subjectStatus, now }: AccessEvaluationDependencies,
  userId: string,
): Promise<Assignments | undefined> {
  if (!isUuid(userId)) return undefined;
  const ids = { userId, grantId: undefined, sessionUid: undefined };
  const { user, assignments } = await subjectStatus.load(ids);
  const isActive = subjectStatus.isActive({ user, notBefore: undefined }, null, now());
  return isActive ? assignments : undefined;
}

async function decideForUser(
  { accessControl, clients }: AccessEvaluationDependencies,
  assignments: Assignments,
  question: Question,
): Promise<boolean> {
  const { resource, action } = question;
  if (resource.type === 'client') {
    const client = await clients.find(resource.id);
    return (
      client !== undefined && action.name === signInAction && maySignIn(client.access, assignments)
    );
  }
  const api = resource.type === 'api' ? await clients.findResource(resource.id) : undefined;
  if (!api?.scopes.includes(action.name)) return false;
  const { clientId, organization } = placeOf(question);
  const membership =
    organization === undefined ? undefined : findMembership(assignments, organization);
  if (organization !== undefined && !membership) return false;
  if (clientId !== undefined) {
    const client = await clients.find(clientId);
    if (!client || !maySignIn(client.access, assignments)) return false;
    if (!clients.scopesFor(client, api).includes(action.name)) return false;
  }
  const place = { clientId, organizationId: membership?.id };
  const permitted = await accessControl.permittedScopes(assignments, api.audience, place);
  return permitted.has(action.name);
}

/** A client may use the scopes for which it is registered. */
async function decideForClient(
  { clients }: AccessEvaluationDependencies,
  { subject, resource, action }: Question,
): Promise<boolean> {
  if (resource.type !== 'api') return false;
  const [client, api] = await Promise.all([
    clients.find(subject.id),
    clients.findResource(resource.id),
  ]);
  return client !== undefined && api !== undefined
    ? clients.scopesFor(client, api).includes(action.name)
    : false;
}
