import type { Agent, IncomingMessage } from 'node:http'
import type { Axios, AxiosResponse } from 'axios'
import { EngineError } from '../../../machines/errors.ts'
import { whenThereIsRoom } from '../../../machines/shortage.ts'
import { type EngineMessage, explain } from '../words/explain.ts'
import { type CallContext, sentence } from '../words/sentences.ts'
import { type Cleaner, cleanerOf } from '../words/withoutSecrets.ts'
import { type AnswerBody, answerBody } from './answerBody.ts'
import { closeIdle, connectionGate, enter } from './connections.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { refusal } from './refusal.ts'
import type { Timeouts } from './timeouts.ts'
import { connectionLost, isStaleSocket, protocolError, toEngineError } from './toEngineError.ts'

export interface EngineRequest {
  context: CallContext
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  /** Sent as JSON; no body and no Content-Type without it. */
  json?: unknown
  /** Value of `X-Registry-Auth`: a secret. */
  registryAuth?: string | undefined
  /** Milliseconds until the answer must begin. */
  answerWithin: number
  /** Over a connection of its own. */
  dedicatedConnection: boolean
}

/** A 2xx answer whose body is still to be read, by exactly one of its methods. */
export interface EngineAnswer extends AnswerBody {
  readonly context: CallContext
  header(name: string): string | undefined
  /** It has neither a length nor chunks, as HTTP/1.0 and its proxies answer: a cut looks like its end. */
  readonly endsWithConnection: boolean
  /** Takes what was sent and is secret out of what came back. `json` and `header` are without it. */
  readonly clean: Cleaner
  /** The error for an answer that is not one of a Docker Engine: "it answered pluginSet with …". */
  invalid(what: string): EngineError
  /** The error for an answer that was not whole. */
  interrupted(): EngineError
  /** The error for a failure that the engine reports in its answer. */
  refused(message: EngineMessage): EngineError
}

export interface Wire {
  /** Sends a request over a connection of its own, unless it is given an agent. */
  http: Axios
  /** Keeps connections for the calls that may share them. */
  agent: Agent
  timeouts: Timeouts
  /** Sent with every request, and not to be shown. */
  secrets: readonly string[]
  /** Values of `X-Registry-Auth` that were sent, the newest last: an engine may quote an older one. */
  sent: string[]
}

/** In characters, of an engine's words; far more than are kept of them. */
const MOST_WORDS = 65_536
/** So many credentials are remembered. */
const MOST_SENT = 16

/** Sends one request, and a GET once more when the socket it was given had died in the pool. */
export async function sendRequest(
  wire: Wire,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const { context, registryAuth } = request
  const { sent, secrets } = wire
  const timeouts = {
    ...wire.timeouts,
    answer: Math.min(wire.timeouts.answer, request.answerWithin),
  }
  const leave =
    connectionGate.tryEnter() ??
    (await enter(connectionGate, signal, () => cancelledInQueue(context)))
  const deadline = createDeadline(signal, leave)
  remember(sent, registryAuth)
  try {
    const response = await whenThereIsRoom(
      () => exchangeWithin(deadline, wire, request),
      deadline.signal,
    )
    deadline.stop()
    const body = answerBody(response.data, { context, deadline, timeouts })
    const clean = cleanerOf(sent, secrets)
    const header = (name: string) => clean.data(stringHeader(response, name))
    if (response.status < 200 || response.status > 299 || header('content-encoding')) {
      throw await refusal({ status: response.status, header, body, context, clean })
    }
    return {
      ...body,
      json: (read, most) => body.json(async (value) => read(await clean.dataInTurns(value)), most),
      context,
      header,
      endsWithConnection:
        header('content-length') === undefined &&
        !/\bchunked\s*$/i.test(header('transfer-encoding') ?? ''),
      clean,
      interrupted: () => connectionLost(context),
      invalid: (what) => protocolError(context, what),
      refused: (message) =>
        explain(context, { ...message, words: clean.words(message.words.slice(-MOST_WORDS)) }),
    }
  } catch (error) {
    deadline.dispose()
    throw toEngineError(error, context, deadline.reason())
  }
}

function cancelledInQueue(context: CallContext): EngineError {
  const line = '{operation} of {subject} was cancelled before it was sent'
  const { operation } = context
  return new EngineError('cancelled', sentence(line, context), { operation, unsent: true })
}

async function exchangeWithin(
  deadline: Deadline,
  wire: Wire,
  request: EngineRequest,
): Promise<AxiosResponse<IncomingMessage>> {
  deadline.start(request.answerWithin)
  try {
    return await exchange(wire, request, deadline.signal)
  } catch (error) {
    const failure = toEngineError(error, request.context, deadline.reason())
    deadline.stop()
    if (failure.code === 'host-exhausted') closeIdle()
    throw failure
  }
}

async function exchange(
  { http, agent }: Pick<Wire, 'http' | 'agent'>,
  { method, path, json, registryAuth, dedicatedConnection }: EngineRequest,
  signal: Deadline['signal'],
): Promise<AxiosResponse<IncomingMessage>> {
  const config = {
    method,
    url: path,
    signal,
    headers: {
      // Without `false`, axios says of a POST without a body that it holds a form.
      'Content-Type': json === undefined ? false : 'application/json',
      ...(registryAuth === undefined ? {} : { 'X-Registry-Auth': registryAuth }),
    },
    ...(json === undefined ? {} : { data: JSON.stringify(json) }),
    ...(dedicatedConnection ? {} : { httpAgent: agent }),
  }
  try {
    return await http.request<IncomingMessage>(config)
  } catch (error) {
    if (method === 'GET' && isStaleSocket(error)) return http.request<IncomingMessage>(config)
    throw error
  }
}

function remember(sent: string[], registryAuth: string | undefined): void {
  if (registryAuth === undefined || sent.includes(registryAuth)) return
  sent.push(registryAuth)
  if (sent.length > MOST_SENT) sent.shift()
}

function stringHeader({ data }: AxiosResponse<IncomingMessage>, name: string): string | undefined {
  const value: unknown = data.headers[name]
  return typeof value === 'string' ? value : undefined
}
