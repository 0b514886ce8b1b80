import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import { visible } from '../text/visible.ts'
import { createLineInput } from './lineInput.ts'
import type { Output } from './output.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * `ended`: nobody answered and nobody will. `taken`: the input was for something else. `cancelled`:
 * nobody waits for the answer any more.
 */
export type Answer = 'granted' | 'denied' | 'ended' | 'taken' | 'cancelled'

/** What somebody is asked, word for word as Docker's own command asks it. */
export function consentQuestion(request: ConsentRequest): string {
  const lines = [
    `Plugin "${visible(request.reference)}" is requesting the following privileges:`,
    ...privilegeLines(request).map((line) => ` - ${visible(line)}`),
    'Do you grant the above permissions? [y/N] ',
  ]
  return lines.join('\n')
}

/** What is asked for, a line each: the privileges, and the settings that widen them. */
export function privilegeLines({ privileges, settings }: ConsentRequest): string[] {
  return [
    ...privileges.map(({ Name, Value }) => `${Name}: [${Value.join(' ')}]`),
    ...settings
      .filter(({ widens }) => widens)
      .map(({ setting }) => `setting ${setting}: may point a mount or device of the plugin there`),
  ]
}

export interface Prompt {
  /** Somebody sits at a terminal, and sees there what is asked. */
  readonly hasTerminal: boolean
  /** Asks, and reads one line, until `signal` fires. */
  ask(question: string, signal: AbortSignal): Promise<Answer>
  /** Asks for a line of text, which a terminal does not show when it is `hidden`. `undefined`: none. */
  askText(question: string, signal: AbortSignal, hidden?: 'hidden'): Promise<string | undefined>
  /** Takes a line without asking. Of an input that is no terminal, nothing is an answer afterwards. */
  takeLine(signal: AbortSignal): Promise<string | undefined>
}

/**
 * Reads answers from `stdin`, one line each; what comes after a line waits for the next question.
 * As with Docker's own command, `y` in either case grants, and everything else does not.
 *
 * @param interrupt does what a Ctrl-C does, for when the terminal makes no signal of it
 */
export function createPrompt(
  surroundings: Pick<Surroundings, 'stdin'>,
  output: Output,
  interrupt: () => void,
): Prompt {
  const input = createLineInput(surroundings)
  let isTaken = false

  function read(question: string, signal: AbortSignal, hidden?: 'hidden') {
    // A question that nobody can read is one that nobody agrees to.
    if (!output.isOpen) return undefined
    const begun = () => output.write(question)
    const settled = (isAnswered: boolean) => {
      // A terminal has shown the answer and its line break; nothing else has.
      if (!isAnswered || !input.isTerminal || hidden) output.write('\n')
    }
    const request = { signal, begun, settled }
    return hidden ? input.readHidden(request, interrupt) : input.read(request)
  }

  return {
    get hasTerminal() {
      return input.isTerminal && output.stream.isTTY === true
    },
    async ask(question, signal) {
      if (isTaken) {
        output.write(`${question}\n`)
        return 'taken'
      }
      const line = await read(question, signal)
      if (line === undefined) return signal.aborted ? 'cancelled' : 'ended'
      return line.trim().toLowerCase() === 'y' ? 'granted' : 'denied'
    },
    askText: async (question, signal, hidden) => read(question, signal, hidden),
    takeLine(signal) {
      isTaken = !input.isTerminal
      return input.read({ signal, begun() {}, settled() {} })
    },
  }
}
