import type { Config } from '../../config/index.ts';
import { withoutControlCharacters } from '../../domain/visible-text.ts';
import { SYMPTOMS, type Finding, type Status } from './check.ts';

/** A bundler's error has several lines. */
const LINE_BREAK = '\n           ';

const PRINTED: Readonly<Record<Status, string>> = {
  ok: 'ok',
  error: 'error',
  warning: 'warning',
  not_checked: 'skip',
};

/** `  error    page-subscription  Page 104857600123456: verified, but no events come: …` */
export function formatFinding({ status, check, about, symptom, message }: Finding): string {
  const text = [about, symptom && SYMPTOMS[symptom], message].filter((part) => part !== undefined).join(': ');
  return `  ${PRINTED[status].padEnd(7)}  ${check.padEnd(17)}  ${text.split('\n').map(withoutControlCharacters).join(LINE_BREAK)}`;
}

/** `2 errors, 3 warnings, 1 not checked.` */
export function summarize(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const counted = (status: Status, word: string) => `${count(status)} ${word}${count(status) === 1 ? '' : 's'}`;
  const parts = [counted('error', 'error'), counted('warning', 'warning'), `${count('not_checked')} not checked`];
  return `${parts.filter((part) => !part.startsWith('0 ')).join(', ') || 'All is well'}.`;
}

/** The findings as JSON, for programs; `symptom` in the words of {@link SYMPTOMS}. */
export function toJson(findings: readonly Finding[]): string {
  const printable = findings.map(({ symptom, ...finding }) => ({
    ...finding,
    ...(symptom && { symptom: SYMPTOMS[symptom] }),
  }));
  return JSON.stringify({ isWell: !findings.some(({ status }) => status === 'error'), findings: printable }, null, 2);
}

/** A shorter secret may be an ordinary word. */
const MIN_SECRET_CHARS = 12;

/** A finding without the secrets that a message repeats from an answer. */
export function withoutSecrets(finding: Finding, config: Config): Finding {
  const secrets = [
    config.verifyToken,
    config.pageAccessToken,
    config.userAccessToken,
    ...config.appSecrets,
    ...config.pages.map(({ accessToken }) => accessToken),
    ...(config.database.kind === 'postgres' ? [config.database.url] : []),
  ].flatMap((secret) => secret?.reveal() ?? []);
  const long = secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
  return {
    ...finding,
    message: long.reduce((message, secret) => message.replaceAll(secret, '[secret]'), finding.message),
  };
}
