/** A mistake on the command line, as one sentence that quotes what was typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
