import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import type { Output } from './output.ts'
import type { InputStream } from './surroundings.ts'
import { visible } from './visible.ts'

/** `ended`: nobody answered and nobody will. `cancelled`: nobody waits for the answer any more. */
export type Answer = 'granted' | 'denied' | 'ended' | 'cancelled'

const LONGEST_ANSWER = 65_536
const ENDS = ['end', 'close', 'error']

/** What somebody is asked, word for word as Docker's own command asks it. */
export function consentQuestion({ reference, privileges, settings }: ConsentRequest): string {
  const lines = [
    `Plugin "${visible(reference)}" is requesting the following privileges:`,
    ...privileges.map(({ Name, Value }) => ` - ${visible(Name)}: [${visible(Value.join(' '))}]`),
    ...settings
      .filter(({ widens }) => widens)
      .map(
        ({ setting }) =>
          ` - setting ${visible(setting)}: may point a mount or device of the plugin there`,
      ),
    'Do you grant the above permissions? [y/N] ',
  ]
  return lines.join('\n')
}

export interface Prompt {
  /** Asks, and reads one line, until `signal` fires. */
  ask(question: string, signal: AbortSignal): Promise<Answer>
}

/**
 * Reads answers from `stdin`, one line each; what comes after a line waits for the next question.
 * As with Docker's own command, `y` in either case grants, and everything else does not.
 */
export function createPrompt(
  surroundings: { readonly stdin: InputStream },
  output: Output,
): Prompt {
  let buffered = ''
  return {
    async ask(question, signal) {
      output.write(question)
      // A question that nobody can read is one that nobody agrees to.
      if (!output.isOpen) return 'ended'
      const { stdin } = surroundings
      // A terminal has shown the answer and its line break; nothing else has.
      const endLine = (isAnswered: boolean) => {
        if (!isAnswered || !stdin.isTTY) output.write('\n')
      }
      if (!(await receiveLine(stdin, signal, endLine)))
        return signal.aborted ? 'cancelled' : 'ended'
      return takeLine().trim().toLowerCase() === 'y' ? 'granted' : 'denied'
    },
  }

  /**
   * Resolves to whether there is a line to take: there is none at the end of the input, after a
   * hang-up, and when `signal` fires. `settled` is called at once, before anything else is written.
   */
  function receiveLine(
    stdin: InputStream,
    signal: AbortSignal,
    settled: (isAnswered: boolean) => void,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      const isWhole = () => buffered.includes('\n') || buffered.length >= LONGEST_ANSWER
      const settle = (isAnswered: boolean) => {
        stdin.pause()
        stdin.off('data', receive)
        for (const name of ENDS) stdin.off(name, end)
        signal.removeEventListener('abort', abort)
        settled(isAnswered)
        resolve(isAnswered)
      }
      const end = () => settle(buffered !== '')
      const abort = () => settle(false)
      const receive = (chunk: unknown) => {
        buffered += String(chunk)
        if (isWhole()) end()
      }
      if (signal.aborted) return abort()
      if (isWhole() || stdin.readableEnded || stdin.destroyed) return end()
      signal.addEventListener('abort', abort)
      for (const name of ENDS) stdin.on(name, end)
      stdin.on('data', receive)
      stdin.resume()
    })
  }

  function takeLine(): string {
    const [line = ''] = buffered.split('\n', 1)
    buffered = buffered.slice(line.length + 1)
    return line
  }
}
