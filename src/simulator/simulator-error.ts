/** An action that is impossible in the simulation. The control API answers with `status` and the message. */
export class SimulatorError extends Error {
  readonly code: keyof typeof STATUS;
  readonly status: number;

  constructor(code: keyof typeof STATUS, message: string) {
    super(message);
    this.name = 'SimulatorError';
    this.code = code;
    this.status = STATUS[code];
  }
}

const STATUS = {
  bad_input: 400,
  person_unknown: 404,
  message_unknown: 404,
  nothing_to_tap: 409,
  person_blocks_page: 409,
} as const;
