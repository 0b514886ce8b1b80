/**
 * Where the rollouts of a queue are kept: plans, machines and records as JSON text, and the leases of engines. Time is that of the
 * server, so that the clocks of workers do not matter.
 */
export interface RolloutStore {
  /** Without effect for a rollout that exists. */
  create(
    rollout: string,
    plan: string,
    records: readonly string[],
    zones: readonly string[],
  ): Promise<void>
  /** `false`: its machine has another version, and everything is kept. */
  remove(rollout: string, version: number, zones: readonly string[]): Promise<boolean>
  /** Ids, the oldest first. */
  rollouts(): Promise<string[]>
  /** Every zone of every rollout. */
  zones(): Promise<string[]>
  plan(rollout: string): Promise<string | undefined>
  load(rollout: string): Promise<string | undefined>
  /** `false`: another writer has saved meanwhile. */
  save(rollout: string, saved: string, version: SaveVersion): Promise<boolean>
  /** So many records from an index on, and how many writes there were by then. */
  records(
    rollout: string,
    from: number,
    count: number,
  ): Promise<{ records: string[]; sequence: number }>
  /** `false`: the lease is lost, and nothing was written. */
  write(rollout: string, index: number, record: string, lease?: HeldLease): Promise<boolean>
  /**
   * The records written after `sequence`, and the machine where it is not of that version any more; `undefined` for an unknown
   * rollout.
   */
  changes(rollout: string, sequence: number, version: number): Promise<StoreChanges | undefined>
  /** The token of a new lease, or that of the same claim before; `undefined` while another one holds the engine. */
  claim(engine: string, claim: string, ms: number): Promise<number | undefined>
  /** `false`: the lease is lost. */
  extend(lease: HeldLease, ms: number): Promise<boolean>
  release(lease: HeldLease): Promise<void>
  questions: QuestionStore
  close(): Promise<void>
}

/** Questions to workers, and their answers. Both are kept for so many milliseconds, or until they are forgotten. */
export interface QuestionStore {
  /** Without a zone it is for workers that have all zones. */
  ask(id: string, zone: string | undefined, question: string, ms: number): Promise<void>
  /**
   * The oldest question of a zone, or without one of all zones. It is for this worker alone, and after so many milliseconds without an answer for
   * another one too.
   */
  take(zone: string | undefined, ms: number): Promise<{ id: string; question: string } | undefined>
  /** Without effect where the question is forgotten. */
  answer(id: string, answer: string): Promise<void>
  /** Those of the answers that there are. */
  answers(ids: readonly string[]): Promise<{ id: string; answer: string }[]>
  forget(id: string): Promise<void>
}

export interface SaveVersion {
  is: number
  expected: number
  /** So that what was sent twice, because the answer was lost, counts once. */
  writer: string
}

export interface HeldLease {
  engine: string
  token: number
}

export interface StoreChanges {
  records: string[]
  sequence: number
  saved?: string
}
