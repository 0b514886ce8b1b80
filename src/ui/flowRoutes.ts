import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { InstallOptions } from '../flow/types.ts'
import type { FlowShelf, ShelvedFlow } from './flowShelf.ts'
import { readBody } from './readBody.ts'
import { sendJson } from './sendJson.ts'
import { streamEvents } from './streamEvents.ts'

/** Answers what is asked about flows, below `/flows`. @throws RangeError on a bad body */
export async function answerFlows(
  shelf: FlowShelf,
  path: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [id, action] = path
  const method = request.method ?? ''
  if (id === undefined) return answerShelf(shelf, request, response)
  const flow = shelf.get(id)
  if (!flow) return sendJson(response, 404, { message: 'there is no such flow' })
  if (method === 'GET' && action === 'events') {
    const last = Number(request.headers['last-event-id'] ?? 0)
    const after = Number.isSafeInteger(last) ? last : 0
    // This tells a browser not to come again.
    if (flow.hasEnded && !flow.log.after(after)) return void response.writeHead(204).end()
    return streamEvents(flow, response, after)
  }
  if (method !== 'POST') return sendJson(response, 405, { message: 'this is not offered' })
  const taken = act(flow, action, await readBody(request))
  if (taken) response.writeHead(204).end()
  else sendJson(response, 409, { message: 'the flow does not wait for that now' })
}

async function answerShelf(
  shelf: FlowShelf,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'GET') return sendJson(response, 200, { flows: shelf.ids() })
  if (request.method !== 'POST') return sendJson(response, 405, { message: 'this is not offered' })
  const flow = shelf.start(readInstall(await readBody(request)))
  if (flow) sendJson(response, 201, { id: flow.id })
  else sendJson(response, 503, { message: 'too many flows run' })
}

function act(
  flow: ShelvedFlow,
  action: string | undefined,
  body: Record<string, unknown>,
): boolean {
  switch (action) {
    case 'grant':
      return flow.grant(Number(body.request))
    case 'deny':
      return flow.deny(Number(body.request))
    case 'credentials':
      return flow.authenticate(readCredentials(body))
    case 'cancel':
      return flow.cancel()
    default:
      return false
  }
}

/** Consent is never in what is posted: a person is shown what is asked first. */
function readInstall(body: Record<string, unknown>): InstallOptions {
  const { reference, alias, settings = [], disabled = false } = body
  if (typeof reference !== 'string' || reference === '')
    throw new RangeError('reference is missing')
  if (alias !== undefined && typeof alias !== 'string') throw new RangeError('alias must be a text')
  if (!Array.isArray(settings) || !settings.every((setting) => typeof setting === 'string')) {
    throw new RangeError('settings must be a list of KEY=VALUE')
  }
  if (typeof disabled !== 'boolean') throw new RangeError('disabled must be true or false')
  return { reference, settings, disabled, ...(alias ? { alias } : {}) }
}

function readCredentials({ username, password }: Record<string, unknown>): RegistryCredentials {
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new RangeError('username and password must be texts')
  }
  return { username, password }
}
