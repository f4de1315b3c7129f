// The sentences on the consent page for authorization details (RFC 9396), which operators define per type.
import type { Clients } from '#core/clients/clients.service.ts';
import { readDetail } from '#core/consents/authorization-details.ts';
import { fillSentence } from '#core/consents/detail-sentences.ts';
import { directions } from '#http/i18n/languages.ts';
import { plainText, type Locale } from '#http/i18n/locales.ts';

/** Returns the sentence for a detail in the language of the page, or else in English. */
export async function detailTitles(
  clients: Clients,
  params: Readonly<Record<string, unknown>>,
  locale: Locale,
): Promise<(detail: string) => string | undefined> {
  if (params['authorization_details'] === undefined) return () => undefined;
  const audiences = [params['resource']].flat().filter((each) => typeof each === 'string');
  const resources = await Promise.all(audiences.map((audience) => clients.findResource(audience)));
  const types = resources.flatMap((resource) => resource?.detailTypes ?? []);
  // Isolates a value, which is often left-to-right text, in a right-to-left sentence (UAX #9).
  const clean = (text: string): string =>
    directions[locale] === 'rtl' ? `\u2068${plainText(text)}\u2069` : plainText(text);
  return (canonical) => {
    const detail = readDetail(canonical);
    const sentences = types.find(({ type }) => type === detail.type)?.sentences ?? {};
    const sentence = sentences[locale] ?? sentences['en'];
    return sentence === undefined ? undefined : fillSentence(sentence, detail, clean);
  };
}
