/** Why the way to an engine cannot be gone, in words for a person: no secret is in them. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  readonly code = 'ECONNECTFAILED'
  /** Completes "no Docker Engine answers at HOST: …". */
  readonly why: string

  constructor(why: string) {
    super(why)
    this.why = why
  }
}
