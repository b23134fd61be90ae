import { chromium } from 'playwright-core';
import { firstExecutable, onPath } from './on-this-machine.ts';
import { canInstallPackages, installPackage } from './postgres/debian-packages.ts';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MACOS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The path of a Chromium or Chrome; installs one where that needs no password. */
export async function ensureChromium(explicit = process.env['CHROMIUM']): Promise<string> {
  if (explicit) {
    if (firstExecutable([explicit])) return explicit;
    throw new Error(
      `CHROMIUM is "${explicit}", which is not an executable file. Set it to a Chromium's path, or leave it out.`,
    );
  }
  const found = findChromium();
  if (found) return found;

  const installed = canInstallPackages() && (await installPackage('chromium')) ? findChromium() : undefined;
  if (installed) return installed;
  throw new Error(
    'The tests of the simulator need a Chromium or Chrome, and none was found. ' +
      'Install one (npx playwright-core install chromium does it too), or set CHROMIUM to its path.',
  );
}

function findChromium(): string | undefined {
  return firstExecutable([...COMMANDS.flatMap(onPath), ...MACOS, chromium.executablePath()]);
}
