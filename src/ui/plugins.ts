import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { CallOptions } from '../../machines/engine.ts'
import { isEngineError } from '../../machines/errors.ts'
import type { Engine } from '../flow/types.ts'
import { readBody, sendJson, validBody } from './json.ts'

/** A plugin on the engine, as the page lists it. */
export interface ListedPlugin {
  id: string
  name: string
  enabled: boolean
  description: string
  /** Empty for a plugin made on the engine itself. */
  reference: string
}

/** More of a description has no room in a row. */
const MOST_CHARACTERS = 400
/** As in the command. */
const ENABLE_SECONDS = 30
/** A look-up that takes longer is given up; a change goes on until the engine has answered. */
const LIST_MS = 30_000

const force = v.optional(v.boolean('force must be true or false'), false)
const changeBody = v.object({ force }, 'force must be true or false')

type Change = (engine: Engine, name: string, isForced: boolean) => Promise<void>

/** With a signal that never fires: to leave a change would not undo it. */
const untilAnswered: CallOptions = { signal: new AbortController().signal }

/** Refusals of an engine that force may overrule: it has no code of its own for a plugin that is enabled. */
const OVERRULED: readonly string[] = ['in-use', 'engine-failed']

const changes: ReadonlyMap<string, Change> = new Map<string, Change>([
  [
    'enable',
    (engine, name) => engine.call('pluginEnable', { name, timeout: ENABLE_SECONDS }, untilAnswered),
  ],
  [
    'disable',
    (engine, name, isForced) =>
      engine.call('pluginDisable', { name, force: isForced }, untilAnswered),
  ],
  [
    'remove',
    (engine, name, isForced) =>
      engine.call('pluginDelete', { name, force: isForced }, untilAnswered),
  ],
])

/**
 * Answers requests about the plugins on the engine, below `/plugins`: they are named by their ids, so that nothing is
 * done to another plugin that has taken over the name. @throws RangeError on a bad body
 */
export async function answerPlugins(
  engine: Engine,
  [id, action = '']: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isList = id === undefined
  if (request.method !== (isList ? 'GET' : 'POST')) {
    return sendJson(response, 405, { message: 'the method is not allowed' })
  }
  const change = changes.get(action)
  if (!isList && !change) return sendJson(response, 404, { message: 'not found' })
  try {
    if (isList || !change) return sendJson(response, 200, { plugins: await list(engine) })
    const { force: isForced } = validBody(changeBody, await readBody(request))
    await change(engine, id, isForced)
    response.writeHead(204).end()
  } catch (error) {
    if (!isEngineError(error)) throw error
    const mayForce = action !== 'enable' && OVERRULED.includes(error.code)
    sendJson(response, 409, { message: error.message, mayForce })
  }
}

async function list(engine: Engine): Promise<ListedPlugin[]> {
  const signal = AbortSignal.timeout(LIST_MS)
  const found = await engine.call('pluginList', {}, { signal })
  return found
    .map(({ Id, Name, Enabled, PluginReference, Config: { Description } }) => ({
      id: Id,
      name: Name,
      enabled: Enabled,
      description: Description.slice(0, MOST_CHARACTERS),
      reference: PluginReference,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}
