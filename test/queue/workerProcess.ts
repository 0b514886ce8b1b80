// Works on the targets of a queue, on engines of the process that started this one, until it is told to end.

import { openQueueRunner } from '../../src/queue.ts'
import { readSecret } from '../../src/rollout/plannedSettings.ts'
import { createRolloutWorker } from '../../src/rollout.ts'
import { remoteEngines } from '../support/remoteEngines.ts'

const [url = '', lease = '0', parallel = '0'] = process.argv.slice(2)
const runner = await openQueueRunner(url, { leaseTime: Number(lease) })
const worker = createRolloutWorker(runner, {
  connect: remoteEngines(),
  secret: async (from) => readSecret(from, process.env),
})
const stop = await worker.serve({ worker: String(process.pid), parallel: Number(parallel) })
process.on('message', async (message) => {
  if (message !== 'end') return
  await stop()
  await runner.close()
  process.disconnect()
})
process.send?.('ready')
