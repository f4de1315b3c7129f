// A mail as HTML, for a frame of a development page.
import type { Context } from '#http/context.ts';
import type { WrittenMail } from '#platform/outbound/smtp.ts';

/**
 * Permits only the inline styles and pictures of a mail: it runs no script, loads nothing and submits no
 * form, and its links open in new tabs.
 */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export function sendMailForFrame(ctx: Context, mail: Pick<WrittenMail, 'html' | 'images'>): void {
  ctx.body = readyForFrame(mail);
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('Content-Security-Policy', mailPolicy);
  ctx.set('X-Frame-Options', 'SAMEORIGIN');
  // The sandboxed frame has an opaque origin, for which browsers warn about this header.
  ctx.remove('Origin-Agent-Cluster');
}

/** The HTML with embedded pictures, as a mail client shows it, and with links that open outside the frame. */
function readyForFrame({ html, images }: Pick<WrittenMail, 'html' | 'images'>): string {
  return images
    .reduce(
      (text, { cid, contentType, base64 }) =>
        text.replaceAll(`"cid:${cid}"`, `"data:${contentType};base64,${base64}"`),
      html,
    )
    .replace('<head>', '<head>\n<base target="_blank">');
}
