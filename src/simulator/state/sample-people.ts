const FIRST_PERSON = { firstName: 'Ana', lastName: 'Sousa', locale: 'pt_PT', timezone: 1 };
const SAMPLE_PEOPLE = [
  FIRST_PERSON,
  { firstName: 'Ben', lastName: 'Okafor', locale: 'en_GB', timezone: 1 },
  { firstName: 'Cleo', lastName: 'Marchetti', locale: 'it_IT', timezone: 2 },
  { firstName: 'Dilan', lastName: 'Yilmaz', locale: 'tr_TR', timezone: 3 },
  { firstName: 'Emi', lastName: 'Tanaka', locale: 'ja_JP', timezone: 9 },
  { firstName: 'Farid', lastName: 'Haddad', locale: 'fr_FR', timezone: 2 },
  { firstName: 'Greta', lastName: 'Lindqvist', locale: 'sv_SE', timezone: 2 },
  { firstName: 'Hugo', lastName: 'Navarro', locale: 'es_MX', timezone: -6 },
  { firstName: 'Ines', lastName: 'Duarte', locale: 'pt_BR', timezone: -3 },
  { firstName: 'Jamal', lastName: 'Wright', locale: 'en_US', timezone: -4 },
  { firstName: 'Kaya', lastName: 'Nowak', locale: 'pl_PL', timezone: 2 },
  { firstName: 'Linh', lastName: 'Pham', locale: 'vi_VN', timezone: 7 },
];

/** The invented profile of the n-th person. */
export function samplePerson(position: number): typeof FIRST_PERSON {
  return SAMPLE_PEOPLE[position % SAMPLE_PEOPLE.length] ?? FIRST_PERSON;
}

const FIRST_PSID = 6_120_459_871_230_045;

/** The n-th invented page-scoped id: 16 digits, like Meta's. */
export function samplePsid(position: number): string {
  return String(FIRST_PSID + position * 67);
}

/** An invented address under `mail.example`. */
export function sampleEmail(firstName: string, lastName: string): string {
  const letters = (name: string) =>
    name
      .normalize('NFKD')
      .replaceAll(/[^a-z]/gi, '')
      .toLowerCase();
  return `${letters(firstName) || 'someone'}.${letters(lastName) || 'new'}@mail.example`;
}

/** A phone number from the range reserved for fiction. */
export function samplePhone(position: number): string {
  return `+1202555${String(100 + (position % 100)).padStart(4, '0')}`;
}
