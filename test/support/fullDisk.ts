import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Loaded before a program, fills the disk of its journal: a write to a step of a run fails as `DISK_ERROR` says, after as many as
 * `DISK_WRITES` have been made.
 */
const { open } = promises
let left = Number(process.env.DISK_WRITES ?? 0)
const failed = () => {
  const code = process.env.DISK_ERROR ?? 'ENOSPC'
  return Promise.reject(Object.assign(new Error(`${code}: as asked`), { code }))
}
promises.open = async (...args) => {
  const file = await open(...args)
  const isStep = /plugin-flow\/[0-9a-f]{8}\.json\./.test(String(args[0]))
  if (isStep && left-- <= 0) file.writeFile = failed
  return file
}
syncBuiltinESMExports()
