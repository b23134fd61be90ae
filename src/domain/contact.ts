/** What Meta's profile says of a person. */
export interface ContactCard {
  /** The person's first name; every field is missing when Meta does not tell it. */
  readonly firstName?: string;
  /** The person's last name. */
  readonly lastName?: string;
  /** As Meta writes it: `pt_PT`. */
  readonly locale?: string;
  /** An IANA name, `Europe/Lisbon`; or an offset from UTC, `+10:30`, where no zone keeps it all year. */
  readonly timeZone?: string;
}

/** A person's name, as far as Meta has told it. */
export type PersonName = Pick<ContactCard, 'firstName' | 'lastName'>;

/** Selects contacts; every condition that is given must hold. Tags are compared as they are, capitals included. */
export interface ContactQuery {
  /** Has all of these tags. */
  readonly all?: readonly string[];
  /** Has at least one of these tags. */
  readonly any?: readonly string[];
  /** Has none of these tags. */
  readonly none?: readonly string[];
  /** Did something that opens Meta's window, at most this long ago. */
  readonly activeWithinMs?: number;
  /** Has one of these time zones; `null`: none is known. */
  readonly timeZones?: readonly (string | null)[];
  /** Left a lead in the form of this name. */
  readonly leftLead?: string;
}
