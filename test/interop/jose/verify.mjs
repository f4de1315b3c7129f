// jose with the provider's JWKS: accepts the token, and rejects it for another audience
// and with an invalid signature.
import { json } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { tokens, jwks_uri } = await json(process.stdin);
const keys = createRemoteJWKSet(new URL(jwks_uri));

async function verify(token, { algorithm, audience }) {
  const rules = { issuer: process.env.ISSUER, audience, algorithms: [algorithm] };
  return (await jwtVerify(token, keys, rules)).payload;
}

function isRefused(token, rules) {
  return verify(token, rules).then(
    () => false,
    ({ code }) => code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' || code.startsWith('ERR_JWS'),
  );
}

for (const each of tokens) {
  const { sub } = await verify(each.token, each);
  const refused = [
    await isRefused(each.tampered, each),
    await isRefused(each.token, { ...each, audience: 'other' }),
  ];
  if (sub !== each.subject) throw new Error(`${each.algorithm}: another subject`);
  if (refused.includes(false)) throw new Error(`${each.algorithm}: accepted what is invalid`);
}
