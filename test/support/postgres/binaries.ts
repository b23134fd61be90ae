import { dirname, join } from 'node:path';
import { firstExecutable, newestFirst, onPath } from '../on-this-machine.ts';
import { canInstallPackages, installPackage } from './debian-packages.ts';

/** While this file exists, Debian does not set up a cluster that starts at boot. */
const NO_CLUSTER = '/etc/postgresql-common/createcluster.d/everthread-tests.conf';
const WITHOUT_CLUSTER = {
  before: `mkdir -p ${dirname(NO_CLUSTER)} && echo "create_main_cluster = false" > ${NO_CLUSTER}`,
  after: `rm -f ${NO_CLUSTER}`,
};

/** The folder with `initdb` and `postgres`; installs PostgreSQL where that needs no password. */
export async function ensurePostgresBinaries(): Promise<string> {
  const found = findBinaries();
  if (found) return found;

  const installed = canInstallPackages() && (await installPackage('postgresql', WITHOUT_CLUSTER));
  const folder = installed ? findBinaries() : undefined;
  if (folder) return folder;
  throw new Error(
    'The tests of the store need PostgreSQL (initdb and postgres), and none was found on PATH or where Debian and ' +
      'Homebrew put it. Install it: apt-get install postgresql, or brew install postgresql.',
  );
}

function findBinaries(): string | undefined {
  const debian = newestFirst('/usr/lib/postgresql').map((version) => join(version, 'bin'));
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((kegs) => newestFirst(kegs, 'postgresql'));
  const folders = [...onPath(''), ...debian, ...homebrew.map((keg) => join(keg, 'bin'))];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => firstExecutable([join(folder, name)])));
}
