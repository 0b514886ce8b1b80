import type { OptionTable, OptionValues } from './commandEntry.ts'

/** How the engine is named: the same for every command that talks to one. */
export const engineOptions = {
  host: {
    type: 'string',
    short: 'H',
    value: 'HOST',
    help: 'Engine to use: unix:///PATH, tcp://HOST:PORT or http://HOST:PORT (default: DOCKER_HOST, else unix:///var/run/docker.sock)',
  },
} as const satisfies OptionTable

/** The engine that was named. */
export interface EngineSelection {
  host?: string
}

/** @throws UsageError */
export function readEngineOptions({ host }: OptionValues<typeof engineOptions>): EngineSelection {
  return { ...(host === undefined ? {} : { host }) }
}
