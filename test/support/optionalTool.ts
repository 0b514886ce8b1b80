import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'

/**
 * Tests with a program that not every machine has. Where it is missing the one test there is says
 * that nothing was checked, and fails with `REQUIRE_TOOLS=1`.
 */
export function withTool(
  test: Test,
  program: string,
  build: (path: string) => void,
  isFit: (path: string) => boolean = () => true,
): void {
  const path = findProgram(program)
  if (path !== undefined && isFit(path)) {
    build(path)
    return
  }
  const title = `not checked: there is no ${program} here that is fit for it`
  console.log(title)
  test(title, () => assert.is.not(process.env.REQUIRE_TOOLS, '1', title))
}

function findProgram(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':')
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}
