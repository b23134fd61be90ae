/** What is known of a person from their profile at Meta. */
export interface ContactCard {
  readonly firstName?: string;
  readonly lastName?: string;
  /** `pt_PT`, as Meta writes it. */
  readonly locale?: string;
  /** An IANA name: `Europe/Lisbon`. */
  readonly timeZone?: string;
}
