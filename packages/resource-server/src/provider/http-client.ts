// Requests to the provider: bounded in time and size, without redirects.
import { Refusal } from '../request/refusal.ts';
import type { ResourceServerOptions } from '../types.ts';

export interface ProviderResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const maxBytes = 4 * 1024 * 1024;

export function createHttpClient(options: Pick<ResourceServerOptions, 'fetch' | 'timeoutSeconds'>) {
  const send = options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init));
  const timeoutSeconds = options.timeoutSeconds ?? 5;

  /** @throws Refusal `temporarily_unavailable` if there is no response */
  return async (url: string, init: RequestInit = {}): Promise<ProviderResponse> => {
    try {
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      const response = await send(url, { ...init, redirect: 'error', signal });
      return {
        status: response.status,
        headers: response.headers,
        text: new TextDecoder().decode(await readBytes(response.body, maxBytes)),
      };
    } catch (error) {
      throw new Refusal('temporarily_unavailable', `No response from ${url}`, { cause: error });
    }
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;

/** @throws RangeError if there are more bytes than `limit` */
export async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Breaking out of the loop cancels the stream.
  for await (const chunk of stream ?? []) {
    length += chunk.byteLength;
    if (length > limit) throw new RangeError(`More than ${limit} bytes`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** @throws Refusal `temporarily_unavailable` unless the response is a JSON object with status 200 */
export function readJson(url: string, { status, text }: ProviderResponse): Record<string, unknown> {
  try {
    const value: unknown = status === 200 ? JSON.parse(text) : undefined;
    if (isObject(value)) return value;
  } catch {
    // Not JSON: refused below.
  }
  throw new Refusal('temporarily_unavailable', `Unexpected response ${status} from ${url}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
