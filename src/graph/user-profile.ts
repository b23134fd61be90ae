import { z } from 'zod';

/** A person's profile at Meta; what the app may not read or Meta does not know is left out. */
export interface UserProfile {
  readonly firstName?: string;
  readonly lastName?: string;
  /** `pt_PT`. */
  readonly locale?: string;
  /**
   * The person's current offset: an IANA name that keeps it all year (`Etc/GMT-1` for one hour ahead of UTC), or `+10:30`
   * where there is none.
   */
  readonly timeZone?: string;
}

/**
 * All fields that a bot may need. `locale` and `timezone` need permissions of their own; an app without any permission gets
 * an empty object (Meta, User Profile API, read 2026-10-06).
 */
export const ALL_PROFILE_FIELDS = 'first_name,last_name,locale,timezone';
/** The fields that need no such permission. */
export const NAME_FIELDS = 'first_name,last_name';

const MAX_PROFILE_CHARS = 200;
const profileText = z.string().trim().min(1).max(MAX_PROFILE_CHARS).optional().catch(undefined);

/** Meta's answer. Malformed fields are left out: a greeting without a name is better than none. */
export const userProfileAnswer = z
  .object({
    first_name: profileText,
    last_name: profileText,
    locale: profileText,
    timezone: z.number().optional().catch(undefined),
  })
  .transform(({ first_name: firstName, last_name: lastName, locale, timezone }): UserProfile => {
    const timeZone = timezone === undefined ? undefined : timeZoneAt(timezone);
    return {
      ...(firstName !== undefined && { firstName }),
      ...(lastName !== undefined && { lastName }),
      ...(locale !== undefined && { locale }),
      ...(timeZone !== undefined && { timeZone }),
    };
  });

/** Time zones between full hours that keep their offset all year. */
const FRACTIONAL_ZONES: Readonly<Record<number, string>> = {
  3.5: 'Asia/Tehran',
  4.5: 'Asia/Kabul',
  5.5: 'Asia/Kolkata',
  5.75: 'Asia/Kathmandu',
  6.5: 'Asia/Yangon',
  8.75: 'Australia/Eucla',
  9.5: 'Australia/Darwin',
  [-9.5]: 'Pacific/Marquesas',
};

/**
 * Meta counts hours ahead of UTC, and knows neither the place nor its summer time: St John's is at -3.5 in winter and at -2.5
 * in summer, Adelaide in summer where Lord Howe is in winter. The sign in `Etc/GMT…` is reversed.
 */
function timeZoneAt(hours: number): string | undefined {
  if (!(hours >= -12 && hours <= 14)) return undefined;
  if (!Number.isInteger(hours)) return FRACTIONAL_ZONES[hours] ?? formatOffset(hours);
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

/** An offset in hours ahead of UTC as a time zone: `+10:30` for 10.5. */
function formatOffset(hours: number): string {
  const minutes = Math.round(Math.abs(hours) * 60);
  const [hour, minute] = [Math.trunc(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${hours < 0 ? '-' : '+'}${hour}:${minute}`;
}
