// Parses what browsers send as the response of an authenticator, before anything is verified: the
// JSON forms of WebAuthn §5.1, and the client data inside.
import { z } from 'zod';
import { maxCredentialIdBytes } from '#features/passkeys/passkeys.ts';

const base64url = z.string().regex(/^[\w-]+$/);
const id = base64url.max(Math.ceil((maxCredentialIdBytes * 4) / 3));
const maxPartLength = 16_384;
const part = base64url.max(maxPartLength);
const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

const assertionForm = z.object({
  id,
  rawId: id,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: base64url.max(86).nullish(),
  }),
});

const registrationForm = z.object({
  id,
  rawId: id,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: part,
    attestationObject: part,
    // Browsers may report transports that are not in this list.
    transports: z.array(transport.catch('internal')).max(10).optional(),
  }),
});

const clientDataForm = z.object({
  type: z.string(),
  challenge: base64url.max(512),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
});

export type ClientData = z.infer<typeof clientDataForm>;
export type Assertion = z.infer<typeof assertionForm>;
export type Registration = z.infer<typeof registrationForm>;

export interface ReadAnswer<Answer> {
  readonly answer: Answer;
  readonly clientData: ClientData;
}

/** `undefined`: the input is malformed. */
export function readAssertion(text: string): ReadAnswer<Assertion> | undefined {
  return withClientData(assertionForm.safeParse(parse(text)).data);
}

/** `undefined`: the input is malformed. */
export function readRegistration(text: string): ReadAnswer<Registration> | undefined {
  return withClientData(registrationForm.safeParse(parse(text)).data);
}

function withClientData<Answer extends { readonly response: { readonly clientDataJSON: string } }>(
  answer: Answer | undefined,
): ReadAnswer<Answer> | undefined {
  if (!answer) return undefined;
  const bytes = Buffer.from(answer.response.clientDataJSON, 'base64url');
  const clientData = clientDataForm.safeParse(parse(bytes.toString())).data;
  return clientData && { answer, clientData };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
