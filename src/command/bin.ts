#!/usr/bin/env node
import { leave } from './leave.ts'
import { runCommand } from './runCommand.ts'

const code = await runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  // Made when they are first asked for: a pipe that nobody reads from costs a start.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return process.stdout
  },
  get stderr() {
    return process.stderr
  },
  signals: process,
})
// Whoever leaves at once leaves requests behind that would keep the process alive.
await leave(code)
