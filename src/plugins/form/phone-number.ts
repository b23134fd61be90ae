/** Phone numbers as people write them, to E.164: a small rule instead of a library, because it runs in every cached conversation. */

import { cleanText } from '../../messenger/text.ts';

/** What a national number looks like in a country. */
interface NumberingPlan {
  /** The country's calling code: `351`. */
  readonly code: string;
  /** Dialled before a number inside the country, and left out from abroad: `0`. */
  readonly trunk: string;
  readonly minDigits: number;
  readonly maxDigits: number;
}

/** E.164: at most 15 digits with the calling code. The shortest numbers in use, of a few islands, have 7 with it. */
const MAX_PHONE_DIGITS = 15;
const MIN_E164_DIGITS = 7;
/** Of a number whose country is not known. */
const MIN_PHONE_DIGITS = 6;

/** Any text with more than this is no answer to "Your number?". */
const MAX_ANSWER_CHARS = 200;

/** A run of digits with the separators that people and phones put between them. */
const PHONE_RUN = /\+?[(\s]*\d(?:[\s().\-/·]*\d)*/g;

/**
 * The phone number in an answer; `undefined` if there is none, or more than one. International numbers (`+351 …`, `00351 …`)
 * become E.164. So do national ones of `country`; without it they stay as they are, in digits.
 */
export function readPhone(answer: string, country?: string): string | undefined {
  if (answer.length > MAX_ANSWER_CHARS) return undefined;
  const text = cleanText(answer).replaceAll(/[\p{Pd}\u2212]/gu, '-');
  const [run, ...others] = text.match(PHONE_RUN) ?? [];
  if (run === undefined || others.length > 0 || hasOtherSigns(text, run)) return undefined;
  const isInternational = run.startsWith('+');
  // "+44 (0)20 …": the trunk prefix in brackets is left out from abroad.
  const digits = (isInternational ? run.replace(/\(0\)/, '') : run).replaceAll(/\D/g, '');
  if (isInternational) return toE164(digits);
  const plan = country === undefined ? undefined : PLANS.get(country);
  const abroad = plan?.code === '1' ? /^(?:00|011)(?=[1-9])/ : /^00(?=[1-9])/;
  const dialled = abroad.test(digits) ? toE164(digits.replace(abroad, '')) : undefined;
  if (dialled !== undefined) return dialled;
  if (plan !== undefined) return nationalToE164(digits, plan);
  return digits.length >= MIN_PHONE_DIGITS && digits.length <= MAX_PHONE_DIGITS ? digits : undefined;
}

/** Whether a country of this two-letter code (ISO 3166) has phone numbers. */
export function isPhoneCountry(country: string): boolean {
  return PLANS.has(country);
}

/** A second plus sign, or digits stuck to letters: an order number, a date with words. */
function hasOtherSigns(text: string, run: string): boolean {
  const at = text.indexOf(run);
  const before = text.slice(0, at);
  const after = text.slice(at + run.length);
  return /\+/.test(before + after) || /[\p{L}@#_]$/u.test(before) || /^[\p{L}@_]/u.test(after);
}

function toE164(digits: string): string | undefined {
  const code = [1, 2, 3].map((length) => digits.slice(0, length)).find((start) => PLANS_OF_CODE.has(start));
  if (code === undefined) return undefined;
  const plans = PLANS_OF_CODE.get(code) ?? [];
  const trunk = plans[0]?.trunk ?? '';
  const isLength = ({ length }: string) => plans.some((plan) => length >= plan.minDigits && length <= plan.maxDigits);
  const number = digits.slice(code.length);
  const withoutTrunk = stripTrunk(number, trunk);
  // No number begins with 0 where 0 is the trunk prefix. In Russia and Kazakhstan the length tells.
  const candidates = trunk.startsWith('0') || code === '7' ? [withoutTrunk, number] : [number, withoutTrunk];
  return joined(code, candidates.find(isLength));
}

function nationalToE164(digits: string, { code, trunk, minDigits, maxDigits }: NumberingPlan): string | undefined {
  const isLength = ({ length }: string) => length >= minDigits && length <= maxDigits;
  const candidates = [
    stripTrunk(digits, trunk),
    digits,
    ...(digits.startsWith(code) ? [digits.slice(code.length)] : []),
  ];
  return joined(code, candidates.find(isLength));
}

/** Without the trunk prefix. After an 8 some countries dial a 0 too, which no number of theirs begins with. */
function stripTrunk(number: string, trunk: string): string {
  if (trunk === '' || !number.startsWith(trunk)) return number;
  const rest = number.slice(trunk.length);
  return trunk === '8' ? rest.replace(/^0/, '') : rest;
}

function joined(code: string, number: string | undefined): string | undefined {
  const length = code.length + (number?.length ?? 0);
  if (number === undefined || length < MIN_E164_DIGITS || length > MAX_PHONE_DIGITS) return undefined;
  return `+${code}${number}`;
}

/**
 * Country, calling code, `t` and the trunk prefix, least and most digits of a number; from libphonenumber, with which
 * `phone-number.test.ts` compares it.
 */
export const NUMBERING_PLANS =
  'AC247:5-6 AD376:6-9 AE971t0:5-12 AF93t0:9-9 AG1t1:10-10 AI1t1:10-10 AL355t0:6-9 AM374t0:8-8 AO244:9-9 ' +
  'AR54t0:10-11 AS1t1:10-10 AT43t0:4-13 AU61t0:5-12 AW297:7-7 AX358t0:5-12 AZ994t0:9-9 BA387t0:8-9 BB1t1:10-10 ' +
  'BD880t0:6-10 BE32t0:8-9 BF226:8-8 BG359t0:6-12 BH973:8-8 BI257:8-8 BJ229:10-10 BL590t0:9-9 BM1t1:10-10 BN673:7-7 ' +
  'BO591t0:8-9 BQ599:7-7 BR55t0:8-11 BS1t1:10-10 BT975:7-8 BW267:7-10 BY375t8:6-11 BZ501:7-11 CA1t1:7-10 ' +
  'CC61t0:6-12 CD243t0:7-10 CF236:8-8 CG242:9-9 CH41t0:9-12 CI225:10-10 CK682:5-5 CL56:9-11 CM237:8-9 CN86t0:7-12 ' +
  'CO57t0:8-11 CR506:8-10 CU53t0:6-10 CV238:7-7 CW599:7-8 CX61t0:6-12 CY357:8-8 CZ420:9-12 DE49t0:4-15 DJ253:8-8 ' +
  'DK45:8-8 DM1t1:10-10 DO1t1:10-10 DZ213t0:8-9 EC593t0:8-11 EE372:7-10 EG20t0:8-10 EH212t0:9-9 ER291t0:7-7 ' +
  'ES34:9-9 ET251t0:9-9 FI358t0:5-12 FJ679:7-11 FK500:5-5 FM691:7-7 FO298:6-6 FR33t0:9-9 GA241:7-8 GB44t0:7-10 ' +
  'GD1t1:10-10 GE995t0:9-9 GF594t0:9-9 GG44t0:7-10 GH233t0:8-9 GI350:8-8 GL299:6-6 GM220:7-9 GN224:8-9 GP590t0:9-9 ' +
  'GQ240:9-9 GR30:10-12 GT502:8-11 GU1t1:10-10 GW245:7-9 GY592:7-7 HK852:5-11 HN504:8-11 HR385t0:7-9 HT509:8-8 ' +
  'HU36t06:8-9 ID62t0:7-17 IE353t0:7-10 IL972t0:7-12 IM44t0:10-10 IN91t0:8-13 IO246:7-7 IQ964t0:8-10 IR98t0:4-10 ' +
  'IS354:7-9 IT39:6-12 JE44t0:10-10 JM1t1:10-10 JO962t0:8-9 JP81t0:8-17 KE254t0:7-10 KG996t0:9-10 KH855t0:8-10 ' +
  'KI686t0:5-8 KM269:7-7 KN1t1:10-10 KP850t0:8-10 KR82t0:5-14 KW965:7-8 KY1t1:10-10 KZ7t8:10-14 LA856t0:8-10 ' +
  'LB961t0:7-8 LC1t1:10-10 LI423t0:7-9 LK94t0:9-9 LR231t0:7-9 LS266:8-8 LT370t0:8-8 LU352:4-11 LV371:8-8 ' +
  'LY218t0:9-9 MA212t0:9-9 MC377t0:8-9 MD373t0:8-8 ME382t0:8-9 MF590t0:9-9 MG261t0:9-9 MH692t1:7-7 MK389t0:8-8 ' +
  'ML223:8-8 MM95t0:6-10 MN976t0:8-10 MO853:7-8 MP1t1:10-10 MQ596t0:9-9 MR222:8-8 MS1t1:10-10 MT356:8-8 MU230:7-10 ' +
  'MV960:7-10 MW265t0:7-9 MX52:10-10 MY60t0:8-10 MZ258:8-9 NA264t0:8-9 NC687:6-6 NE227:8-8 NF672:6-6 NG234t0:10-14 ' +
  'NI505:8-8 NL31t0:5-11 NO47:5-8 NP977t0:8-11 NR674:7-7 NU683:4-7 NZ64t0:5-10 OM968:7-9 PA507:7-11 PE51t0:8-9 ' +
  'PF689:6-9 PG675:7-8 PH63t0:6-13 PK92t0:8-12 PL48:6-10 PM508t0:6-9 PR1t1:10-10 PS970t0:8-10 PT351:9-9 PW680:7-7 ' +
  'PY595t0:6-11 QA974:7-11 RE262t0:9-9 RO40t0:6-9 RS381t0:6-12 RU7t8:10-14 RW250t0:8-9 SA966t0:9-10 SB677:5-7 ' +
  'SC248:7-7 SD249t0:9-9 SE46t0:6-12 SG65:8-11 SH290:4-5 SI386t0:5-8 SJ47:5-8 SK421t0:6-9 SL232t0:8-8 SM378:8-10 ' +
  'SN221:9-9 SO252t0:6-9 SR597:6-7 SS211t0:9-9 ST239:7-7 SV503:7-11 SX1t1:10-10 SY963t0:8-9 SZ268:8-9 TA290:4-4 ' +
  'TC1t1:10-10 TD235:8-8 TG228:8-8 TH66t0:8-13 TJ992:9-9 TK690:4-7 TL670:7-8 TM993t8:8-8 TN216:8-8 TO676:5-7 ' +
  'TR90t0:7-13 TT1t1:10-10 TV688:5-7 TW886t0:7-11 TZ255t0:9-9 UA380t0:9-10 UG256t0:9-9 US1t1:10-10 UY598t0:4-13 ' +
  'UZ998:9-9 VA39:6-12 VC1t1:10-10 VE58t0:10-10 VG1t1:10-10 VI1t1:10-10 VN84t0:7-10 VU678:5-7 WF681:6-9 WS685:5-10 ' +
  'XK383t0:8-12 YE967t0:7-9 YT262t0:9-9 ZA27t0:5-10 ZM260t0:9-9 ZW263t0:7-10';
/** Calling codes of no country: freephone, satellites, networks. */
const WORLDWIDE_CODES = ['800', '808', '870', '878', '881', '882', '883', '888', '979'];

const PLANS = new Map(NUMBERING_PLANS.split(' ').map(planOf));
const PLANS_OF_CODE = plansByCode();

function planOf(line: string): readonly [country: string, NumberingPlan] {
  const [, country = '', code = '', trunk = '', minDigits, maxDigits] =
    /^([A-Z]{2})(\d+)(?:t(\d+))?:(\d+)-(\d+)$/.exec(line) ?? [];
  return [country, { code, trunk, minDigits: Number(minDigits), maxDigits: Number(maxDigits) }];
}

function plansByCode(): ReadonlyMap<string, readonly NumberingPlan[]> {
  const plans = new Map<string, NumberingPlan[]>();
  const worldwide = WORLDWIDE_CODES.map((code) => ({ code, trunk: '', minDigits: 6, maxDigits: 12 }));
  for (const plan of [...PLANS.values(), ...worldwide]) {
    plans.set(plan.code, [...(plans.get(plan.code) ?? []), plan]);
  }
  return plans;
}
