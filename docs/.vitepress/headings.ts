/**
 * The anchor of a heading as GitHub and most renderers of Markdown spell it, so that one link to a heading
 * works in the repository and on the site.
 */
export function slugify(heading: string): string {
  const words = heading.trim().toLowerCase();
  return words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
}
