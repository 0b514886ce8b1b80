import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { type InstallContenders, installContenders } from './installContenders.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { compare, type Plan, report } from './row.ts'
import { type EmbeddedProcess, startEmbedded } from './startEmbedded.ts'
import { median } from './statistics.ts'

const WALL: Plan = {
  what: 'a flow, embedded engine',
  against: 'its calls by node:http',
  goal: { atMost: 2, unit: 'x' },
}
const OWN: Plan = {
  what: "a flow's own cost",
  against: 'the difference of the two',
  goal: { atMost: 2.5, unit: 'ms' },
}
const ROUNDS = { warmUps: 100, rounds: 600, budget: 30_000 }

/** The time that the flow adds to its calls when the engine takes next to no time for them. */
export const embeddedFlow: Part = {
  name: 'flow',
  plans: [WALL, OWN],
  async measure() {
    const config = mkdtempSync(join(tmpdir(), 'plugin-flow-bench-'))
    let embedded: EmbeddedProcess | undefined
    let contenders: InstallContenders | undefined
    try {
      writeNoCredentials(config)
      embedded = await startEmbedded()
      contenders = await installContenders({ ...embedded, config })
      await expectSameCalls(embedded, contenders)
      const { flow, bare } = contenders
      const taken = await takeRounds({ flow, bare }, ROUNDS)
      const own = median(taken.flow) - median(taken.bare)
      return [
        compare(WALL, 'ms', taken.flow, taken.bare),
        report(OWN, { value: own, unit: 'ms' }, taken.flow.length),
      ]
    } finally {
      contenders?.close()
      await embedded?.stop()
      rmSync(config, { recursive: true })
    }
  },
}

/** A peer that leaves out a call would be fast for the wrong reason. */
async function expectSameCalls(
  embedded: EmbeddedProcess,
  { flow, bare }: InstallContenders,
): Promise<void> {
  const callsOf = async (install: () => Promise<unknown>) => {
    const before = (await embedded.requests()).length
    await install()
    const calls = (await embedded.requests()).slice(before)
    const [first, ...rest] = calls.map(({ method, path }) => `${method} ${withoutId(path)}`)
    // The look-ups go out at once, on sockets of their own: any of them may come in first.
    return [first, ...rest.slice(0, 3).sort(), ...rest.slice(3)].join('\n')
  }
  const [calls, bareCalls] = [await callsOf(flow), await callsOf(bare)]
  if (calls !== bareCalls) {
    throw new Error(`other calls than those of the flow:\n${bareCalls}\nin place of\n${calls}`)
  }
}

function withoutId(path: string): string {
  return path.replace(/[0-9a-f]{64}/, 'ID')
}
