import * as assert from 'uvu/assert'
import type { Obstacle, ObstacleCode } from '../../../adapters/engine/words/transportFailures.ts'
import { refusedWith } from '../../support/engineFailure.ts'

/** How the message of an error begins, by its code. */
const BEGINNINGS: Record<ObstacleCode, (host: string) => string> = {
  'engine-unreachable': (host) => `no Docker Engine answers at ${host}: `,
  'engine-not-trusted': (host) => `what answers at ${host} is not trusted: `,
  'engine-access-denied': (host) => `no access to the engine at ${host}: `,
  'engine-protocol': (host) => `no Docker Engine answers at ${host}: `,
  'host-exhausted': (host) => `no connection to ${host} can be opened: `,
  'invalid-configuration': (host) => `no Docker Engine answers at ${host}: `,
}

/** Fails unless this keeps a ping from the engine at this host. */
export async function kept(
  { code, why }: Obstacle,
  host: string,
  ping: () => Promise<unknown>,
): Promise<void> {
  const error = await refusedWith(code, ping)
  assert.is(error.message, `${BEGINNINGS[code](host)}${why}`)
  assert.is(error.details.operation, 'systemPing')
}
