import { join } from 'node:path'
import type { Decoded } from './decodeProcess.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { compare, type Plan, report } from './row.ts'
import { runProcess } from './runProcess.ts'

const PARSE: Plan = {
  what: 'progress decoded, 200 MB',
  against: 'the same stream, JSON.parse of each line',
  goal: { atLeast: 0.95, unit: 'x' },
}
const MODEM: Plan = {
  what: 'progress decoded, 200 MB',
  against: "docker-modem's followProgress",
  goal: { atLeast: 1.4, unit: 'x' },
}
const MEMORY: Plan = {
  what: 'memory, from 100 MB to 1 GB decoded',
  goal: { atMost: 16, unit: 'MB' },
}
const MEGABYTES = 200
const ROUNDS = { warmUps: 0, rounds: 15, budget: 90_000, atLeast: 3 }

type Decoder = 'jsonStream' | 'streamParse' | 'followProgress'

/** How fast a pull's stream becomes messages, by processor time, and whether that takes more memory the longer it is. */
export const decoding: Part = {
  name: 'decoding',
  plans: [PARSE, MODEM, MEMORY],
  async measure() {
    const told = new Set<string>()
    const contender = (decoder: Decoder) => async () => {
      const { megabytes, ms, messages, bytesTold } = await decode(decoder, MEGABYTES)
      told.add(`${messages} messages that report ${bytesTold} bytes`)
      return (megabytes / ms) * 1_000
    }
    const { jsonStream, streamParse, followProgress } = await takeRounds(
      {
        jsonStream: contender('jsonStream'),
        streamParse: contender('streamParse'),
        followProgress: contender('followProgress'),
      },
      ROUNDS,
    )
    if (told.size !== 1) throw new Error(`they decode different things: ${[...told].join('; ')}`)
    const { peak, peakAt100 } = await decode('jsonStream', 1_000)
    return [
      compare(PARSE, 'MB/s', jsonStream, streamParse),
      compare(MODEM, 'MB/s', jsonStream, followProgress),
      report(MEMORY, { value: peak - peakAt100, unit: 'MB' }, 1),
    ]
  },
}

async function decode(decoder: Decoder, megabytes: number): Promise<Decoded> {
  const script = join(import.meta.dirname, 'decodeProcess.ts')
  const args = ['--import', 'tsx', script, decoder, String(megabytes)]
  return JSON.parse((await runProcess(process.execPath, args)).stdout)
}
