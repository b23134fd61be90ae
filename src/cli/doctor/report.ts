import type { Config } from '../../config/index.ts';
import { withoutControlCharacters } from '../terminal.ts';
import { SYMPTOMS, type Finding, type Status } from './check.ts';

/** A bundler's error has several lines. */
const LINE_BREAK = '\n         ';

const WORDS: Readonly<Record<Status, string>> = { ok: 'ok', wrong: 'wrong', look: 'look', not_checked: 'skip' };

/** `  wrong  page-subscription  Page 104857600123456: verified, but no events come: …` */
export function line({ status, check, about, symptom, says }: Finding): string {
  const told = [about, symptom && SYMPTOMS[symptom], says].filter((part) => part !== undefined).join(': ');
  return `  ${WORDS[status].padEnd(5)}  ${check.padEnd(17)}  ${told.split('\n').map(withoutControlCharacters).join(LINE_BREAK)}`;
}

/** `2 wrong, 3 to look at, 1 not checked.` */
export function summary(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const parts = [`${count('wrong')} wrong`, `${count('look')} to look at`, `${count('not_checked')} not checked`];
  return `${parts.filter((part) => !part.startsWith('0 ')).join(', ') || 'All is well'}.`;
}

/** For programs; `symptom` in the words of {@link SYMPTOMS}. */
export function json(findings: readonly Finding[]): string {
  const told = findings.map(({ symptom, ...finding }) => ({
    ...finding,
    ...(symptom && { symptom: SYMPTOMS[symptom] }),
  }));
  return JSON.stringify({ isWell: !findings.some(({ status }) => status === 'wrong'), findings: told }, null, 2);
}

/** Shorter ones would take ordinary words apart. */
const MIN_SECRET_CHARS = 12;

/** Whatever a check repeats of what others said. */
export function withoutSecrets(finding: Finding, config: Config): Finding {
  const secrets = [
    config.verifyToken,
    config.pageAccessToken,
    config.userAccessToken,
    ...config.appSecrets,
    ...config.pages.map(({ accessToken }) => accessToken),
    ...(config.leadsWebhook ? [config.leadsWebhook.url, config.leadsWebhook.secret] : []),
    ...(config.database.kind === 'postgres' ? [config.database.url] : []),
  ].flatMap((secret) => secret?.reveal() ?? []);
  const long = secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
  return { ...finding, says: long.reduce((says, secret) => says.replaceAll(secret, '[secret]'), finding.says) };
}
