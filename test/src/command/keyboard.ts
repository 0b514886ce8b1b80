import { PassThrough } from 'node:stream'

/** A terminal's standard input, as far as the command can tell. */
export interface Keyboard extends PassThrough {
  isTTY: boolean
  isRaw: boolean
  /** The arguments of all calls of `setRawMode`, in order. */
  modes: boolean[]
  setRawMode(isRaw: boolean): Keyboard
}

export function keyboard(): Keyboard {
  const stdin: Keyboard = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    modes: [] as boolean[],
    setRawMode(isRaw: boolean) {
      stdin.isRaw = isRaw
      stdin.modes.push(isRaw)
      return stdin
    },
  })
  return stdin
}
