import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { runTool } from './runTool.ts'

const SERVICE_POLICY = '/usr/sbin/policy-rc.d'
const UPDATE_LIMIT_MS = 120_000
const INSTALL_LIMIT_MS = 400_000

/** Installs packages of Debian's. Nothing that they bring along is started. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  await withoutServices(() => aptGet(install, INSTALL_LIMIT_MS))
}

export function updatePackages(): Promise<void> {
  return aptGet(['update'], UPDATE_LIMIT_MS)
}

/** Waits for its turn: another suite may be installing too. */
async function aptGet(args: string[], limitMs: number): Promise<void> {
  await runTool('apt-get', ['-o', 'DPkg::Lock::Timeout=60', ...args], limitMs)
}

/** Debian starts what it installs, an SSH server for every network say, unless this file forbids it. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(SERVICE_POLICY)) return install()
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await install()
  } finally {
    rmSync(SERVICE_POLICY, { force: true })
  }
}
