import type { Agent, IncomingMessage } from 'node:http'
import type { Axios, AxiosResponse } from 'axios'
import { EngineError } from '../../../machines/errors.ts'
import { whenThereIsRoom } from '../../../machines/shortage.ts'
import { type EngineMessage, explain } from '../words/explain.ts'
import { type CallContext, sentence } from '../words/sentences.ts'
import { type Cleaner, cleanerOf } from '../words/withoutSecrets.ts'
import { AnswerBody, type BodyContext } from './answerBody.ts'
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
export interface EngineAnswer extends Pick<AnswerBody, keyof AnswerBody> {
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
  const timeouts = {
    ...wire.timeouts,
    answer: Math.min(wire.timeouts.answer, request.answerWithin),
  }
  const leave =
    connectionGate.tryEnter() ??
    (await enter(connectionGate, signal, () => cancelledInQueue(context)))
  const deadline = createDeadline(signal, leave)
  remember(wire.sent, registryAuth)
  try {
    const response = await whenThereIsRoom(
      () => exchangeWithin(deadline, wire, request),
      deadline.signal,
    )
    deadline.stop()
    const answer = new HttpAnswer(response.data, wire, { context, deadline, timeouts })
    const { status } = response
    if (status < 200 || status > 299 || answer.header('content-encoding')) {
      throw await refusal(status, answer)
    }
    return answer
  } catch (error) {
    deadline.dispose()
    throw toEngineError(error, context, deadline.reason())
  }
}

/** An answer, of which what was sent and is secret is taken out. */
class HttpAnswer extends AnswerBody implements EngineAnswer {
  readonly context: CallContext
  readonly clean: Cleaner
  readonly #head: IncomingMessage

  constructor(
    head: IncomingMessage,
    { sent, secrets }: Pick<Wire, 'sent' | 'secrets'>,
    body: BodyContext,
  ) {
    super(head, body)
    this.context = body.context
    this.clean = cleanerOf(sent, secrets)
    this.#head = head
  }

  get endsWithConnection(): boolean {
    return (
      this.header('content-length') === undefined &&
      !/\bchunked\s*$/i.test(this.header('transfer-encoding') ?? '')
    )
  }

  override json<T>(read: (value: unknown) => T | Promise<T>, most?: number): Promise<T> {
    return super.json(async (value) => read(await this.clean.dataInTurns(value)), most)
  }

  header(name: string): string | undefined {
    const value: unknown = this.#head.headers[name]
    return typeof value === 'string' ? this.clean.data(value) : undefined
  }

  invalid(what: string): EngineError {
    return protocolError(this.context, what)
  }

  interrupted(): EngineError {
    return connectionLost(this.context)
  }

  refused(message: EngineMessage): EngineError {
    const words = this.clean.words(message.words.slice(-MOST_WORDS))
    return explain(this.context, { ...message, words })
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
