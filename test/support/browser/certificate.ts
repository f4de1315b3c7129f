// A self-signed certificate for a test server (RFC 5280 §4.1). Node can read certificates but
// cannot create them.
import { createSign, generateKeyPairSync } from 'node:crypto';

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

const sequence = 0x30;
const set = 0x31;
const integer = 0x02;
const bitString = 0x03;
const utf8 = 0x0c;
const utcTime = 0x17;
const version = 0xa0;

const ecdsaWithSha256 = der(sequence, Buffer.from('06082a8648ce3d040302', 'hex'));
const commonName = Buffer.from('0603550403', 'hex');

/** @param host clients accept the certificate for this host, if they trust it at all */
export function makeIdentity(host = 'test'): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(sequence, der(set, der(sequence, commonName, der(utf8, Buffer.from(host)))));
  const life = ['200101000000Z', '491231235959Z'].map((time) => der(utcTime, Buffer.from(time)));
  const content = der(
    sequence,
    der(version, der(integer, Buffer.from([2]))),
    der(integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(sequence, ...life),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(content).sign(privateKey);
  const noUnusedBits = Buffer.from([0]);
  const cert = der(sequence, content, ecdsaWithSha256, der(bitString, noUnusedBits, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Encodes one value in DER: tag, shortest possible length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}
