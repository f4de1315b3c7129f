// Reads SMTP_URL: which server takes our mail, and whether a connection without TLS will do.

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS. */
  readonly secure: boolean;
  /** Rather no mail than one without TLS. */
  readonly requireTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/** @throws Error whose message goes on after the name of the setting */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.parse(text);
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error('must look like smtp://user:password@host:587');
  }
  const { tls, ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0 || (tls !== undefined && tls !== 'optional')) {
    throw new Error('may have no other option than ?tls=optional');
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
