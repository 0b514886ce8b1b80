import { defaultHost } from '../engine/http/dockerHost.ts'
import type { Env } from '../process/env.ts'
import { configFolder } from './configFolder.ts'
import { listContexts } from './contextStore.ts'
import { readEngineConfig } from './engineConfig.ts'
import { DEFAULT, type Selection, selectContext, selectEngine } from './selectEngine.ts'

/** A context that an engine can be chosen by, or why it cannot. */
export interface SelectableContext {
  name: string
  description: string
  /** Empty where there is an error. */
  host: string
  error: string
}

/** Every context, and the one in force; that is among them also where it is not there. */
export interface Selectable {
  contexts: SelectableContext[]
  inForce: Selection
}

/**
 * What Docker's configuration and the variables offer, in no order.
 *
 * @throws EngineError `invalid-configuration` for a `config.json` that cannot be used
 */
export function listSelectable(env: Env, platform: NodeJS.Platform = process.platform): Selectable {
  const inForce = selectContext({}, env, readEngineConfig(env))
  const stored = listContexts(configFolder(env)).map(
    (context): SelectableContext =>
      'error' in context
        ? { ...NONE, ...context }
        : {
            name: context.name,
            description: context.description,
            host: context.host || defaultHost(platform),
            error: '',
          },
  )
  const contexts = [ofEnvironment(env, platform), ...stored]
  if (!contexts.some(({ name }) => name === inForce.context)) {
    contexts.push({ ...NONE, name: inForce.context, error: 'it is not there' })
  }
  return { contexts, inForce }
}

const NONE = { description: '', host: '', error: '' }

function ofEnvironment(env: Env, platform: NodeJS.Platform): SelectableContext {
  const context = { ...NONE, name: DEFAULT, description: 'What DOCKER_HOST says' }
  try {
    return { ...context, host: selectEngine({ context: DEFAULT }, env, platform).host }
  } catch (error) {
    return { ...context, error: (error as Error).message }
  }
}
