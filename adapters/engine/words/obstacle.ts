import type { InstallErrorCode } from '../../../machines/catalogue.ts'

/** What is in the way to an engine. */
export interface Obstacle {
  code: ObstacleCode
  /** Completes the sentence of its code, in words for a person: no secret is in them. */
  why: string
}

/** `{host}` is filled in, and what is in the way follows. */
export const obstacleSentences = {
  'engine-unreachable': 'no Docker Engine answers at {host}: ',
  'engine-not-trusted': 'what answers at {host} is not trusted: ',
  'engine-access-denied': 'no access to the engine at {host}: ',
  'engine-protocol': 'no Docker Engine answers at {host}: ',
  'invalid-configuration': 'no Docker Engine answers at {host}: ',
} as const satisfies Partial<Record<InstallErrorCode, string>>

export type ObstacleCode = keyof typeof obstacleSentences

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
