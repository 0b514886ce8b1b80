/** Does the work once and reports what it measured. Work that is not to be measured, it does outside. */
export type Contender = () => Promise<number>

export interface RoundsOptions {
  /** Rounds whose figures are thrown away: compilers and caches are cold in them. */
  warmUps: number
  rounds: number
  /** No round begins after so many milliseconds, once there are `atLeast`. */
  budget: number
  /** Default 5. */
  atLeast?: number
}

const LONGEST_MS = 60_000

/**
 * Every contender once a round, in turns as to who comes first, so that each meets the same machine:
 * the same load, the same heap, the same neighbour before it.
 */
export async function takeRounds<Name extends string>(
  contenders: Record<Name, Contender>,
  { warmUps, rounds, budget, atLeast = 5 }: RoundsOptions,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[]
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >
  const end = performance.now() + budget
  for (let round = -warmUps; round < rounds; round++) {
    if (round >= atLeast && performance.now() > end) break
    const first = (round + warmUps) % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const figure = await within(LONGEST_MS, name, contenders[name]())
      if (round >= 0) taken[name].push(figure)
    }
  }
  return taken
}

/** How long it takes, in milliseconds. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let clock: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => reject(new Error(`${what}: not done after ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(clock)
  }
}
