// Parses the body of a form with a file (RFC 7578) as strictly as other forms: known limits, each
// name once, a complete body.
import type { Busboy } from '@fastify/busboy';
import { AppError } from '#platform/errors.ts';
import { presentFields, type Form } from './input.ts';

export const multipartType = 'multipart/form-data';

export interface UploadLimits {
  readonly maxFileBytes: number;
  readonly timeSeconds: number;
}

export interface Upload {
  readonly form: Form;
  /** The bytes of the file; empty if none was chosen. */
  readonly file: Buffer;
}

const partLimits = { parts: 4, fields: 3, files: 1, fieldNameSize: 64, fieldSize: 256 };
/** Maximum size of the parts other than the file, including the boundaries. */
export const overheadBytes = 8 * 1024;

/** The boundary must be the only parameter and occur once (RFC 7578 §4.1). */
const oneBoundary = /^multipart\/form-data; *boundary=("?)[\w'()+,./:?-]{1,70}\1$/i;

function malformed(cause?: unknown): AppError {
  return new AppError('invalid_input', 'The form is malformed.', { cause });
}

/**
 * @param fileField the only name under which a file is accepted
 * @throws AppError `invalid_input`, or `too_large` for the file
 */
export async function parseMultipart(
  contentType: string,
  bytes: Buffer,
  { fileField, maxFileBytes }: { readonly fileField: string; readonly maxFileBytes: number },
): Promise<Upload> {
  const fields = new Map<string, string>();
  const chunks: Buffer[] = [];
  const parser = await createParser(contentType, maxFileBytes);
  await new Promise<void>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(malformed(cause));
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      const isSafe = value.isWellFormed() && !value.includes('\0');
      if (isNameCut || isValueCut || !isSafe || fields.has(name) || name === fileField)
        return fail();
      fields.set(name, value);
    });
    parser.on('file', (name, stream) => {
      if (name !== fileField) fail();
      stream.on('limit', () => reject(new AppError('too_large', 'The file is too large.')));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail);
    });
    parser.on('partsLimit', fail).on('fieldsLimit', fail).on('filesLimit', fail);
    parser.on('error', fail).on('finish', resolve);
    parser.end(bytes);
  });
  return { form: presentFields(fields), file: Buffer.concat(chunks) };
}

/** @throws AppError `invalid_input` if the header has no usable boundary */
async function createParser(
  contentType: string,
  maxFileBytes: number,
): Promise<InstanceType<typeof Busboy>> {
  if (!oneBoundary.test(contentType)) throw malformed();
  // Loaded on first use, because only uploads of pictures need it.
  const library = await import('@fastify/busboy');
  try {
    return new library.Busboy({
      headers: { 'content-type': contentType },
      limits: { ...partLimits, fileSize: maxFileBytes },
    });
  } catch (cause) {
    throw malformed(cause);
  }
}
