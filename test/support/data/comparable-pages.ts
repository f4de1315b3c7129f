// Removes random values from a response, so that two responses can be compared byte by byte.
import type { Page } from '#test/support/actors/cookie-browser.ts';

/** @param email The address that was entered, which pages repeat. */
export async function bareAnswer(answer: Response | Page, email: string): Promise<string> {
  const html = 'html' in answer ? answer.html : await answer.text();
  const headers = [...answer.headers].filter(([name]) => name !== 'date');
  return (
    JSON.stringify([answer.status, headers, html])
      // Where a long address may break.
      .replaceAll('<wbr>', '')
      .replaceAll(email, 'EMAIL')
      // The initial of the address.
      .replaceAll(/(data-shape=\\"round\\" aria-hidden=\\"true\\">)\w</g, '$1INITIAL<')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
      .replaceAll(/ostiary-proof=[\w-]+/g, 'PROOF')
      .replaceAll(/expires=[^;]+/g, 'EXPIRES')
      .replaceAll(/(name=\\"form_token\\" value=\\")[\w.-]+/g, '$1TOKEN')
      .replaceAll(/"content-length","\d+"/g, 'LENGTH')
  );
}
