/** A thread of `file-check.ts`: reads a SQLite file from end to end, all but the contents of its indexes. */

import { parentPort, workerData } from 'node:worker_threads';
import Libsql from 'libsql';

let answer;
try {
  const database = new Libsql(workerData.path);
  try {
    database.exec('pragma busy_timeout = 3000');
    const [row] = database.prepare('pragma quick_check(1)').all();
    answer = row?.quick_check === 'ok' ? {} : { code: 'SQLITE_CORRUPT' };
  } finally {
    database.close();
  }
} catch (error) {
  answer = { code: error.code ?? 'SQLITE_CANTOPEN' };
}
parentPort.postMessage(answer);
