// Certificates and keys for one run: an authority for the servers, and two clients with certificates
// of their own. They are made with the openssl command and thrown away with the directory.
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface ClientKeys extends Identity {
  /** With the private key, for the suite, which acts as the client. */
  readonly privateJwks: object;
  /** For the registration of the client. */
  readonly publicJwks: object;
}

export interface Certificates {
  /** The directory with `server.pem` and `server.key`. */
  readonly directory: string;
  /** The file that the provider is given as NODE_EXTRA_CA_CERTS. */
  readonly authorityFile: string;
  readonly server: Identity;
  readonly clients: readonly [ClientKeys, ClientKeys];
}

const rsa = '-newkey rsa:2048 -nodes -sha256 -days 30';

export async function makeCertificates(directory: string): Promise<Certificates> {
  const at = (name: string) => join(directory, name);
  const openssl = (words: string) => run('openssl', words.split(/\s+/), { cwd: directory });
  await openssl(
    `req -x509 ${rsa} -subj /CN=conformance-authority -keyout authority.key -out authority.pem
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign`,
  );
  await openssl(
    `req ${rsa} -subj /CN=localhost -keyout server.key -out server.csr
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1`,
  );
  await openssl(
    `x509 -req -sha256 -days 30 -in server.csr -out server.pem -copy_extensions copy
      -CA authority.pem -CAkey authority.key -CAcreateserial`,
  );
  const read = async (name: string): Promise<Identity> => {
    const [cert, key] = await Promise.all(
      [`${name}.pem`, `${name}.key`].map((file) => readFile(at(file), 'utf8')),
    );
    return { cert: cert ?? '', key: key ?? '' };
  };
  const makeClient = async (name: string): Promise<ClientKeys> => {
    await openssl(`req -x509 ${rsa} -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`);
    return clientKeysOf(await read(name));
  };
  return {
    directory,
    authorityFile: at('authority.pem'),
    server: await read('server'),
    clients: [await makeClient('client-1'), await makeClient('client-2')],
  };
}

function clientKeysOf(identity: Identity): ClientKeys {
  const key = createPrivateKey(identity.key).export({ format: 'jwk' });
  const { kty, n, e } = key;
  const thumbprint = JSON.stringify({ e, kty, n }); // RFC 7638: members in alphabetical order
  const common = {
    kid: createHash('sha256').update(thumbprint).digest('base64url'),
    alg: 'PS256',
    use: 'sig',
    x5c: [new X509Certificate(identity.cert).raw.toString('base64')],
  };
  return {
    ...identity,
    privateJwks: { keys: [{ ...key, ...common }] },
    publicJwks: { keys: [{ kty, n, e, ...common }] },
  };
}
