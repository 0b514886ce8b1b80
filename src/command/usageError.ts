/** What was typed cannot be meant. `message`: one sentence that says why; it quotes what was typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
