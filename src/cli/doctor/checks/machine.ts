/** This machine: Node, the settings, the bot's file, the store. */

import { look, ok, wrong, type Check } from '../check.ts';
import type { Visit } from '../context.ts';

const node: Check<Visit> = {
  id: 'node',
  look() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isNewEnough = major > 20 || (major === 20 && minor >= 19);
    if (isNewEnough) return ok(process.versions.node);
    return wrong(`${process.versions.node} is too old. Install 20.19 or newer.`);
  },
};

const settings: Check<Visit> = {
  id: 'settings',
  look({ settings: { invalid, warnings } }) {
    const odd = warnings.map((warning) => look(warning));
    if (invalid.length > 0) return [...invalid.map(({ message }) => wrong(message)), ...odd];
    return [ok('what is set can be used'), ...odd];
  },
};

const requiredSettings: Check<Visit> = {
  id: 'required-settings',
  after: ['settings'],
  look({ settings: { missing }, pages }) {
    if (missing.length > 0) return missing.map(({ message }) => wrong(message));
    return ok(`nothing is missing; ${pages.length === 1 ? 'one Page' : `${pages.length} Pages`} to serve`);
  },
};

const PASTED = ['MESSENGER_VERIFY_TOKEN', 'MESSENGER_APP_SECRET', 'MESSENGER_PAGE_ACCESS_TOKEN'] as const;

/** Blanks are refused as invalid settings; quotes are legal, and nearly always a mistake. */
const secrets: Check<Visit> = {
  id: 'secrets',
  after: ['required-settings'],
  look({ env, config: { verifyToken, appSecrets } }) {
    const quoted = PASTED.filter((name) => /^(["']).*\1$/.test(env[name] ?? ''));
    if (quoted.length > 0)
      return wrong(
        `${quoted.join(', ')}: the quotes around it are taken for a part of it, as docker's --env-file does. Write it without.`,
        'not_validated',
      );
    const verify = verifyToken?.reveal();
    if (appSecrets.some((secret) => secret.reveal() === verify))
      return wrong('MESSENGER_VERIFY_TOKEN is the app secret itself. Make up another word for it.');
    return ok('verify token, app secret and tokens have no blanks and no quotes');
  },
};

const bot: Check<Visit> = {
  id: 'bot',
  async look(visit) {
    const { fields } = await visit.bot();
    return ok(`${visit.botFile} can be loaded; it needs ${fields.length} webhook fields`);
  },
};

const store: Check<Visit> = {
  id: 'store',
  after: ['settings'],
  async look(visit) {
    const opened = await visit.store();
    await opened.ping();
    return ok(`${visit.config.database.label} can be written`);
  },
};

export const MACHINE_CHECKS = [node, settings, requiredSettings, secrets, bot, store];
