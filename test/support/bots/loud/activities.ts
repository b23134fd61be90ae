import { inspect } from 'node:util';

const IMITATION = '{"level":60,"time":1,"msg":"everything is lost"}';

export const activities = {
  /** What a library that reports its environment would report. */
  async environment(): Promise<string> {
    return JSON.stringify(process.env);
  },
  async prints(): Promise<void> {
    console.log(`\u001B[31mfirst line\n${IMITATION}\r\nlast line\u001B[0m`);
    console.error(inspect({ nested: { deep: true } }));
    process.emitWarning('a warning of a library\nof two lines');
  },
  async throws(): Promise<void> {
    throw new Error(`The activity says:\n${IMITATION}`);
  },
};
