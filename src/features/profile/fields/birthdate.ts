// Splits a birthdate into day, month and year for the form, and joins them again. The claim may be a
// year alone, or a date whose year 0000 stands for an omitted one (OpenID Connect Core §5.1).

export interface BirthdateParts {
  readonly day: string;
  /** Two digits. */
  readonly month: string;
  readonly year: string;
}

const noYear = '0000';

export function splitBirthdate(value: string): BirthdateParts {
  const [, year = '', month = '', day = ''] = /^(\d{4})(?:-(\d\d)-(\d\d))?$/.exec(value) ?? [];
  return { day: day.replace(/^0/, ''), month, year: year === noYear ? '' : year };
}

/** Empty if all parts are empty; the result may not be a valid date. */
export function joinBirthdate({ day, month, year }: BirthdateParts): string {
  if (day === '' && month === '') return year;
  return `${year === '' ? noYear : year}-${month}-${day.padStart(2, '0')}`;
}
