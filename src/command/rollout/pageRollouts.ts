import { join } from 'node:path'
import { Writable } from 'node:stream'
import { isLocked } from '../../../adapters/journal/runLock.ts'
import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { idsIn, readPlan } from '../../rollout/embeddedRunner.ts'
import { type FollowedRollout, followRollout } from '../../rollout/followRollout.ts'
import type { ListedRollout, OpenRollout, Rollouts } from '../../ui/rollouts.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, createOutput, messageOf, report } from '../processIo.ts'
import { steer } from './control.ts'
import { listedRollout, openFollowed } from './openFollowed.ts'
import { rolloutFolder, stateOf } from './rolloutFolder.ts'

/** The rollouts that the page shows, and what ends them with it. */
export interface PageRollouts {
  rollouts: Rollouts
  /** Resolves once this process carries none out, and has no connection for them. */
  closed(): Promise<void>
}

/** The rollouts of the state folder for the page, which can carry one out itself. */
export function pageRollouts(io: CommandIo): PageRollouts {
  const folder = rolloutFolder(io.env)
  const followed = new Map<string, FollowedRollout>()
  const opened = new Map<string, OpenRollout>()
  const carried = new Set<Promise<unknown>>()
  const quiet: CommandIo = { ...io, stdout: createOutput(new Writable({ write: drop })) }

  const follow = async (id: string): Promise<FollowedRollout> => {
    const rollout = followed.get(id) ?? followRollout(join(folder, id))
    followed.set(id, rollout)
    await rollout.refresh()
    return rollout
  }
  const open = (id: string, rollout: FollowedRollout): Promise<OpenRollout> =>
    openFollowed({
      id,
      followed: rollout,
      plan: () => readPlan(join(folder, id)),
      async refresh() {
        await rollout.refresh()
        return { isDriven: await isLocked(join(folder, 'runner.lock')) }
      },
    })
  const rollouts: Rollouts = {
    async list() {
      const listed: ListedRollout[] = []
      const problems: string[] = []
      for (const id of idsIn(folder).toReversed()) {
        try {
          listed.push(listedRollout(id, await follow(id)))
        } catch (error) {
          problems.push(messageOf(error))
        }
      }
      return { rollouts: listed, problems }
    },
    async open(id) {
      if (!idsIn(folder).includes(id)) return undefined
      const rollout = opened.get(id) ?? (await open(id, await follow(id)))
      opened.set(id, rollout)
      return rollout
    },
    order(id, order, only) {
      const { saved } = followed.get(id) ?? {}
      return new Promise<void>((resolve, reject) => {
        const taken = (isTaken: boolean) =>
          isTaken ? resolve() : reject(new RangeError('the rollout does not take that now'))
        const given = { ...ALONE, ...defined({ only }) }
        const carrying = steer(order, { id, ...stateOf(saved) }, given, quiet, taken)
          .catch((error: unknown) => {
            const isTold = error instanceof UsageError || isEngineError(error)
            reject(isTold ? new RangeError(error.message) : error)
            report(io, messageOf(error))
          })
          .finally(() => {
            resolve()
            carried.delete(carrying)
          })
        carried.add(carrying)
      })
    },
  }
  return { rollouts, closed: async () => void (await Promise.all(carried)) }
}

/** What is written to standard output is shown on the page, and failures on standard error too. */
const ALONE = { json: true, wait: false }

function drop(_text: unknown, _encoding: unknown, done: () => void): void {
  done()
}
