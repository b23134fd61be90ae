/** A test asks for something that cannot be; the message says what can. */
export class TestError extends Error {
  override readonly name = 'TestError';
}
