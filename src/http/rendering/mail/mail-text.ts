// A mail as plain text: the same sentences, code and links as in its HTML.
import type { MailContent } from '#http/rendering/mail/mail-content.ts';

export interface Letter {
  readonly content: MailContent;
  readonly footer: string;
  readonly footerLinks: readonly FooterLink[];
}

export interface FooterLink {
  readonly href: string;
  readonly label: string;
}

export function writeText({ content, footer, footerLinks }: Letter): string {
  const { opening, code, facts, closing, link, other } = content;
  const parts = [
    ...opening,
    code ? `    ${code.value}` : '',
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    ...closing,
    ...(link ? [`${link.label}:\n${link.href}`] : []),
    link?.hint ?? '',
    ...(other ? [`${other.label}:\n${other.href}`] : []),
    ['-- ', footer, ...footerLinks.map(({ label, href }) => `${label}:\n${href}`)].join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
