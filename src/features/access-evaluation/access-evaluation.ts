// A question whether a subject may do something with a resource, in the shape of the OpenID AuthZEN
// Authorization API 1.0 (https://openid.net/specs/authorization-api-1_0.html).

export interface Entity {
  readonly type: string;
  readonly id: string;
}

export interface Question {
  readonly subject: Entity;
  readonly action: { readonly name: string };
  readonly resource: Entity;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** The members of the context that narrow the question. */
export interface QuestionPlace {
  /** The client through which the subject acts; its own roles count, too. */
  readonly clientId: string | undefined;
  /** The id or the name of the organization for which the subject acts. */
  readonly organization: string | undefined;
}

/** The action on a client, which the client's access rules decide. */
export const signInAction = 'sign_in';

export function placeOf({ context = {} }: Question): QuestionPlace {
  return { clientId: textOf(context['client_id']), organization: textOf(context['organization']) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
