import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { Lease, TargetRecord, TargetState } from '../../machines/rollout/records.ts'
import type { Ask, Question } from './questions.ts'

/**
 * The store and the queue of rollouts: their plans, snapshots and records, the queue of targets, the events and timers. Everything that
 * it answers is plain data.
 */
export interface Runner {
  /** Writes the plan and one record for each target. A second call for the same rollout has no effect. */
  create(rollout: string, plan: RolloutPlan, records: readonly TargetRecord[]): Promise<void>
  /** Ids of all rollouts, the newest first. */
  rollouts(): Promise<string[]>
  plan(rollout: string): Promise<RolloutPlan | undefined>
  load(rollout: string): Promise<SavedRollout | undefined>
  /** `false`: another process has saved meanwhile, and nothing was written. */
  save(rollout: string, saved: SavedRollout, expectedVersion: number): Promise<boolean>

  /** Forgets a rollout that has ended, with its records. `false`: its machine has another version, and everything is kept. */
  remove(rollout: string, version: number): Promise<boolean>

  /** Hands targets out to workers. One whose key was handed out before is not handed out again. */
  enqueue(rollout: string, targets: readonly TargetTask[]): Promise<void>
  /**
   * Sends an event to the machine of a rollout. Events of one rollout are handled one after another. Resolves once it cannot be
   * lost any more, which may be before it is handled.
   */
  event(rollout: string, event: RolloutMessage): Promise<void>
  /**
   * Sends an event later, in place of an earlier timer of the same key; without one only that is taken away. A timer that another
   * process has set may still fire.
   */
  at(rollout: string, key: string, timer?: { event: RolloutMessage; at: number }): Promise<void>

  /** In the order of the plan. */
  records(rollout: string, query?: RecordQuery): Promise<TargetRecord[]>
  /** `false`: the lease is lost, and nothing was written. */
  write(record: TargetRecord, lease?: Lease): Promise<boolean>
  /** The lease until later, or `undefined` where it is lost. */
  extend(rollout: string, index: number, lease: Lease): Promise<Lease | undefined>

  /**
   * Calls with records and saved rollouts that change, from those on that `records` has answered last. Of several changes of one
   * in a row the last may be the only one.
   */
  subscribe(rollout: string, listener: (change: RolloutChange) => void): () => void

  /** Has a worker of a zone answer. Without it the process that has the question answers. */
  ask?: Ask

  /** Begins to handle events and to work on targets. Resolves with what ends it. */
  serve(handlers: RunnerHandlers): Promise<() => Promise<void>>
}

/** A rollout's machine as it was saved. */
export interface SavedRollout {
  version: number
  /** XState's persisted snapshot of the machine. */
  snapshot: unknown
  /** Type of the event that led here. */
  event: string
  /** When it was saved, in milliseconds since the epoch. */
  at?: number
  /** The timers that run, by their keys. */
  timers: Record<string, { event: RolloutMessage; at: number }>
}

/** An event of the machine, as data. */
export interface RolloutMessage {
  type: string
  [field: string]: unknown
}

/** A target to be worked on. */
export interface TargetTask {
  index: number
  attempt: number
  action: 'do' | 'undo'
}

export interface RecordQuery {
  states?: readonly TargetState[]
  /** Only records of greater indexes. */
  after?: number
  limit?: number
}

export type RolloutChange = { record: TargetRecord } | { saved: SavedRollout }

export interface RunnerHandlers {
  /** Name of this worker. */
  worker: string
  /** How many targets this process works on at once. 0: it handles events only. */
  parallel: number
  /** Only targets of this zone. */
  zone?: string
  event(rollout: string, message: RolloutMessage): Promise<void>
  /** Goes on with a rollout after events or targets may have been lost. In turn with its events; it may happen at any time. */
  start?(rollout: string): Promise<void>
  target(rollout: string, task: TargetTask, lease: Lease): Promise<void>
  /** Answers a question of another process. */
  answer?(question: Question): Promise<unknown>
}
