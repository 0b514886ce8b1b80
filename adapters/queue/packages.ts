import { EngineError } from '../../machines/errors.ts'

/** The packages of each kind of queue: optional peers of this one. */
const INSTALL = {
  redis: 'npm install bullmq@6 ioredis@5',
  postgres: 'npm install bullmq@6 pg@8',
}

/** @throws EngineError `invalid-configuration` that says how to install what is missing */
export async function loadPackage<Package>(
  name: string,
  kind: keyof typeof INSTALL,
  load: () => Promise<Package>,
): Promise<Package> {
  try {
    return await load()
  } catch (error) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(String(Object(error).code))) throw error
    const next = `${INSTALL[kind]}, with --global beside a global plugin-flow`
    throw new EngineError(
      'invalid-configuration',
      `${name}, which a queue needs, is missing: ${next}`,
    )
  }
}
