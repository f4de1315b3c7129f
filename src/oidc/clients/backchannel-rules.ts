// Rules for the metadata of CIBA clients (OpenID CIBA Core 1.0 §4).
import { backchannelGrant } from '#core/clients/client-policies.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** Members that are meaningful only together with the grant type. */
const members = [
  'backchannel_token_delivery_mode',
  'backchannel_client_notification_endpoint',
  'backchannel_authentication_request_signing_alg',
];

export function findBackchannelFault(metadata: Metadata): string | undefined {
  const { grant_types: grants, token_endpoint_auth_method: method } = metadata;
  if (metadata['backchannel_user_code_parameter'] === true) {
    return 'backchannel_user_code_parameter is not supported: users have no code for requests';
  }
  if (!Array.isArray(grants) || !grants.includes(backchannelGrant)) {
    const member = members.find((each) => metadata[each] !== undefined);
    return member === undefined
      ? undefined
      : `${member} requires the grant type ${backchannelGrant}`;
  }
  // Anyone could send requests to users in the name of a public client.
  if (method === 'none') return `${backchannelGrant} requires a confidential client`;
  const pings = metadata['backchannel_token_delivery_mode'] === 'ping';
  if (!pings && metadata['backchannel_client_notification_endpoint'] !== undefined) {
    return 'backchannel_client_notification_endpoint requires backchannel_token_delivery_mode ping';
  }
  return undefined;
}
