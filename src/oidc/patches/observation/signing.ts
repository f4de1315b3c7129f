// Reports the signing of tokens to metrics and traces, without changing oidc-provider's behavior.
import type Provider from 'oidc-provider';
import type { Observation } from '#platform/observation/observation.ts';

/** A property of oidc-provider's tokens that the published types omit. */
interface FormattedToken {
  readonly format?: string;
}

/** A method that oidc-provider calls to serialize a token. */
interface Serialized {
  getValueAndPayload?: (this: FormattedToken) => Promise<unknown>;
}

export function observeSigning(provider: Provider, observation: Observation): void {
  const { prototype } = provider.IdToken;
  const issue = prototype.issue;
  prototype.issue = function issueObserved(context) {
    // An ID token, a logout token or the signed claims of userinfo.
    const name = context.use;
    return observation.run({ kind: 'signing', name }, () => issue.call(this, context));
  };
  for (const model of [provider.AccessToken, provider.ClientCredentials]) {
    observeSerialization(model.prototype, observation);
  }
}

function observeSerialization(model: object, observation: Observation): void {
  const serialized: Serialized = model;
  const serialize = serialized.getValueAndPayload;
  if (!serialize) return;
  serialized.getValueAndPayload = function serializeObserved() {
    if (this.format !== 'jwt') return serialize.call(this);
    const operation = { kind: 'signing', name: 'access_token' } as const;
    return observation.run(operation, () => serialize.call(this));
  };
}
