import { userInfo } from 'node:os'
import type { CredentialsSource } from '../../../adapters/docker/registryAuth.ts'
import type { ConsentRequest } from '../../../machines/consent.ts'
import type { CredentialsRequest } from '../../../machines/engine.ts'
import type { UpgradeConsentRequest } from '../../../machines/plugin-upgrade/types.ts'
import type { WatchedFlow } from '../../flow/types.ts'
import { visible } from '../../text/visible.ts'
import type { CommandIo, Output } from '../processIo.ts'
import type { View } from '../views/view.ts'
import type { Question } from './consentQuestion.ts'
import { createLineInput } from './lineInput.ts'

/**
 * `ended`: the input ended without an answer. `taken`: the input was the password. `cancelled`: the answer is
 * not needed any more.
 */
export type Answer = 'granted' | 'denied' | 'ended' | 'taken' | 'cancelled'

export type Prompt = ReturnType<typeof createPrompt>

/**
 * Reads answers from `stdin`, one line each; further lines wait for the next question. As in Docker's own
 * command, `y` in either case grants, and anything else denies.
 *
 * @param interrupt handles a Ctrl-C for which the terminal sends no signal
 */
export function createPrompt(io: Pick<CommandIo, 'stdin'>, output: Output, interrupt: () => void) {
  const input = createLineInput(io)
  let isTaken = false

  /** Asks for a line of text, which the terminal does not show when `hidden`. `undefined`: no line came. */
  async function read(question: string, signal: AbortSignal, hidden?: 'hidden') {
    // Without a reader for the question there is no consent.
    if (!output.isOpen) return undefined
    const begun = () => output.write(question)
    const settled = (isAnswered: boolean) => {
      // Only a terminal has shown the answer and its line break.
      if (!isAnswered || !input.isTerminal || hidden) output.write('\n')
    }
    const request = { signal, begun, settled }
    return hidden ? input.readHidden(request, interrupt) : input.read(request)
  }

  return {
    /** Where questions are asked. */
    output,
    /** Questions can be read and answered on a terminal. */
    get hasTerminal() {
      return input.isTerminal && output.stream.isTTY === true
    },
    /** Asks, and reads one line, until `signal` fires. */
    async ask(question: string, signal: AbortSignal): Promise<Answer> {
      if (isTaken) {
        output.write(`${question}\n`)
        return 'taken'
      }
      const line = await read(question, signal)
      if (line === undefined) return signal.aborted ? 'cancelled' : 'ended'
      return line.trim().toLowerCase() === 'y' ? 'granted' : 'denied'
    },
    askText: read,
    /** Reads a line without asking. Input that is not from a terminal holds no answers afterwards. */
    takeLine(signal: AbortSignal) {
      isTaken = !input.isTerminal
      return input.read({ signal, begun() {}, settled() {} })
    },
  }
}

const DENIALS = {
  denied: 'the answer was not y',
  ended: 'no answer was given; --grant-all-permissions grants them without asking',
  taken: 'standard input was used for the password; --allow or --grant-all-permissions grants them',
}

type AnyRequest = ConsentRequest & Partial<Pick<UpgradeConsentRequest, 'wayBack' | 'plan'>>

function denial(answer: keyof typeof DENIALS, { wayBack, plan }: AnyRequest): string {
  const isOneWay = wayBack !== undefined && 'none' in wayBack
  const isReplaced = plan?.mode === 'replace'
  if (answer === 'denied' || !(isOneWay || isReplaced)) return DENIALS[answer]
  // Grants of privileges alone do not answer these.
  const options = [
    ...(isReplaced ? ['--mode replace'] : []),
    ...(isOneWay ? ['--no-way-back accept'] : []),
    'with --grant-all-permissions',
  ]
  const inPlace = isReplaced ? ', --mode in-place does not replace the plugin' : ''
  return `no answer was given; ${options.join(' ')} goes on without asking${inPlace}`
}

/**
 * Puts the flow's requests for consent to the prompt. A transition withdraws the question.
 *
 * @param isPlain ask on a terminal as Docker's own command does, too
 */
export function answerConsent(
  flow: Pick<WatchedFlow<unknown>, 'transition$' | 'consent$' | 'grant' | 'deny'>,
  prompt: Prompt,
  view: View,
  question: Question<ConsentRequest>,
  isPlain = false,
): void {
  let asked: AbortController | undefined
  let before: ConsentRequest | undefined
  const questionOf = (request: ConsentRequest) =>
    prompt.hasTerminal && !isPlain
      ? question(request, { before, output: prompt.output })
      : question(request)
  flow.transition$.subscribe(() => asked?.abort())
  flow.consent$.subscribe((request) => {
    asked = new AbortController()
    void ask(request, asked.signal)
  })

  async function ask(request: ConsentRequest, signal: AbortSignal): Promise<void> {
    view.asking(request)
    const words = questionOf(request)
    before = request
    const answer = await prompt.ask(words, signal)
    if (answer === 'granted') flow.grant(request, userName())
    else if (answer !== 'cancelled') flow.deny(denial(answer, request), request)
  }
}

/** The user, for the record of the consent. */
function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    // Not every user ID has an entry.
    return undefined
  }
}

/**
 * Asks for the credentials of a registry, on a terminal only: a pipe is never read for them. An empty answer
 * gives up.
 *
 * @param username where given, only the password is asked for
 */
export function askCredentials(
  prompt: Prompt,
  view: View,
  username: string | undefined,
): CredentialsSource {
  let last = ''
  return async (request, signal) => {
    if (!prompt.hasTerminal) return undefined
    view.asking(request)
    const asked = username ?? (await prompt.askText(usernameQuestion(request, last), signal))
    const name = asked?.trim() || last
    if (asked === undefined || name === '') return undefined
    last = name
    const question = username === undefined ? '' : introduction(request)
    const password = await prompt.askText(
      `${question}Password for ${visible(name)}: `,
      signal,
      'hidden',
    )
    return password ? { username: name, password } : undefined
  }
}

function usernameQuestion(request: CredentialsRequest, last: string): string {
  return `${introduction(request)}Username${last === '' ? '' : ` (${visible(last)})`}: `
}

function introduction({ registry, reason }: CredentialsRequest): string {
  return reason === 'missing'
    ? `The registry ${visible(registry)} requires credentials. They are used for this run only and not stored.\n`
    : `The registry ${visible(registry)} gives no access with these credentials.\n`
}
