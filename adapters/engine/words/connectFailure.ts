import type { Obstacle } from './obstacle.ts'

/** The way to an engine cannot be gone: no connection was made. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  readonly code = 'ECONNECTFAILED'
  readonly obstacle: Obstacle

  constructor(obstacle: Obstacle) {
    super(obstacle.why)
    this.obstacle = obstacle
  }
}
