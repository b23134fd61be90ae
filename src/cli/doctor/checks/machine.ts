/** The checks of this machine: Node, the settings, the bot's file, the store. */

import { warning, ok, error, type Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const node: Check<DoctorContext> = {
  id: 'node',
  run() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isNewEnough = major > 20 || (major === 20 && minor >= 19);
    if (isNewEnough) return ok(process.versions.node);
    return error(`${process.versions.node} is too old. Install 20.19 or newer.`);
  },
};

const settings: Check<DoctorContext> = {
  id: 'settings',
  run({ settings: { invalid, warnings } }) {
    const odd = warnings.map((text) => warning(text));
    if (invalid.length > 0) return [...invalid.map(({ message }) => error(message)), ...odd];
    return [ok('what is set can be used'), ...odd];
  },
};

const requiredSettings: Check<DoctorContext> = {
  id: 'required-settings',
  requires: ['settings'],
  run({ settings: { missing }, pages }) {
    if (missing.length > 0) return missing.map(({ message }) => error(message));
    return ok(`nothing is missing; ${pages.length === 1 ? 'one Page' : `${pages.length} Pages`} to serve`);
  },
};

const PASTED = ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET', 'MESSENGER_PAGE_ACCESS_TOKEN'] as const;

/** The settings refuse blanks; quotes are legal, and nearly always a mistake. */
const secrets: Check<DoctorContext> = {
  id: 'secrets',
  requires: ['required-settings'],
  run({ env, config: { verifyToken, appSecrets } }) {
    const quoted = PASTED.filter((name) => /^(["']).*\1$/.test(env[name] ?? ''));
    if (quoted.length > 0)
      return error(
        `${quoted.join(', ')}: the quotes around it are taken for a part of it, as docker's --env-file does. Write it without.`,
        'not_validated',
      );
    const verify = verifyToken?.reveal();
    if (appSecrets.some((secret) => secret.reveal() === verify))
      return error('MESSENGER_VERIFY_TOKEN is the app secret itself. Make up another word for it.');
    return ok('verify token, app secret and tokens have no blanks and no quotes');
  },
};

const botCheck: Check<DoctorContext> = {
  id: 'bot',
  async run(context) {
    const { fields } = await context.bot();
    return ok(`${context.botFile} can be loaded; it needs ${fields.length} webhook fields`);
  },
};

const storeCheck: Check<DoctorContext> = {
  id: 'store',
  requires: ['settings'],
  async run(context) {
    const opened = await context.store();
    await opened.ping();
    return ok(`${context.config.database.label} can be written`);
  },
};

/** They need nothing but this machine. */
export const MACHINE_CHECKS = [node, settings, requiredSettings, secrets, botCheck, storeCheck];
