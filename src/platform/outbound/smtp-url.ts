// Parses SMTP_URL: the mail server, and whether a connection without TLS is permitted.

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  readonly secure: boolean;
  /** Refuse to send mail over a connection without TLS. */
  readonly requireTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/** @throws Error whose message continues a sentence that begins with the name of the setting */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.parse(text);
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error('must look like smtp://user:password@host:587');
  }
  const { tls, ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0 || (tls !== undefined && tls !== 'optional')) {
    throw new Error('must have no option other than ?tls=optional');
  }
  const secure = url.protocol === 'smtps:';
  const usualPort = secure ? 465 : 587;
  const login = readLogin(url);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || usualPort),
    secure,
    requireTls: login !== undefined && tls === undefined,
    login,
  };
}

function readLogin({ username, password }: URL): SmtpServer['login'] {
  if (username === '' && password === '') return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw new Error('must have user and password percent-encoded', { cause });
  }
}
