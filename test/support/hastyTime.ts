import { processTime, type Time } from '../../src/flow/retry/time.ts'

/** Time in which the pauses between two looks are over at once; the bounds are as long as ever. */
export const hastyTime: Time = {
  ...processTime,
  setTimeout: (call, ms) => processTime.setTimeout(call, ms < 1_000 ? ms / 50 : ms),
}
