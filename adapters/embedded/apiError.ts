/** An answer of the engine that is an error: its status and its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Thrown where a real 20.10 engine dies: the connection is dropped without an answer. */
export class EngineDied extends Error {
  override readonly name = 'EngineDied'
}
