/** Of all that is left to chance here: another one tries other faults, the same one the same. */
export const faultSeed = seedOf(process.env.FAULT_SEED ?? '20')

function seedOf(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0x7fffffff) return seed
  throw new Error(`FAULT_SEED is ${text}: it must be a whole number from 0 to ${0x7fffffff}`)
}
