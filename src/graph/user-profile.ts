import { z } from 'zod';

/** What Meta tells of a person; what it may not, or does not know, is left out. */
export interface UserProfile {
  readonly firstName?: string;
  readonly lastName?: string;
  /** `pt_PT`. */
  readonly locale?: string;
  /** An IANA name whose clock shows what theirs does: `Etc/GMT-1` for one hour ahead of UTC. */
  readonly timeZone?: string;
}

/**
 * Everything that a bot may need, in one call. `locale` and `timezone` want permissions of their own; an app without any
 * gets an empty object (Meta, User Profile API, read 2026-10-06).
 */
export const ALL_PROFILE_FIELDS = 'first_name,last_name,locale,timezone';
/** What an app without those permissions may ask for. */
export const NAME_FIELDS = 'first_name,last_name';

const MAX_PROFILE_CHARS = 200;
const profileText = z.string().trim().min(1).max(MAX_PROFILE_CHARS).optional().catch(undefined);

/** Meta's answer. Anything odd in it is left out: a greeting without a name is no reason to say nothing. */
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

/** Where clocks stand between the hours; none of these moves them in summer but the last two. */
const FRACTIONAL_ZONES: Readonly<Record<number, string>> = {
  3.5: 'Asia/Tehran',
  4.5: 'Asia/Kabul',
  5.5: 'Asia/Kolkata',
  5.75: 'Asia/Kathmandu',
  6.5: 'Asia/Yangon',
  9.5: 'Australia/Darwin',
  [-9.5]: 'Pacific/Marquesas',
  10.5: 'Australia/Lord_Howe',
  [-3.5]: 'America/St_Johns',
};

/** Hours ahead of UTC, as Meta counts; the sign of `Etc/GMT…` is the other way round. */
function timeZoneAt(hours: number): string | undefined {
  if (!Number.isInteger(hours)) return FRACTIONAL_ZONES[hours];
  if (hours < -12 || hours > 14) return undefined;
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}
