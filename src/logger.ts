/** The methods of pino that our code calls: structured fields first, then one sentence. Tests pass any object that has them. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
