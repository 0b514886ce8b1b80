import type { ConsentRequest } from '../../../machines/consent.ts'
import { comparePrivileges } from '../../../machines/privileges.ts'
import { keyOf, textOf } from '../../../machines/settings.ts'
import { type Explanation, explainRequest } from '../../privileges/explainPrivilege.ts'
import { differenceLines, privilegeText } from '../../privileges/privilegeText.ts'
import { asWord, visible } from '../../text/visible.ts'
import { wrapText } from '../../text/wrapText.ts'
import type { Output } from '../processIo.ts'

/** Word for word as Docker's own command asks. */
export const CONSENT_QUESTION = 'Do you grant the above permissions? [y/N] '

export function consentHeading({ reference }: ConsentRequest): string {
  return `Plugin "${visible(reference)}" is requesting the following privileges:`
}

/** The question about privileges, word for word as Docker's own command asks it. */
export function consentQuestion(request: ConsentRequest): string {
  const lines = [
    consentHeading(request),
    ...privilegeLines(request).map((line) => ` - ${visible(line)}`),
    CONSENT_QUESTION,
  ]
  return lines.join('\n')
}

/** A line for each privilege, and for each setting that widens them. */
export function privilegeLines({ privileges, settings }: ConsentRequest): string[] {
  return [
    ...privileges.map(privilegeText),
    ...settings
      .filter(({ widens }) => widens)
      .map(
        (setting) =>
          `setting ${asWord(textOf(setting))}: may point a mount or device of the plugin there`,
      ),
  ]
}

const WIDEST = 100
/** Of the longest danger, with a gap. */
const LABEL_COLUMNS = 10
const MARGIN = ' '.repeat(2 + LABEL_COLUMNS)

export type Lines = Pick<Output, 'paint' | 'stream'>

/**
 * The question that a person is asked, up to where the answer is typed.
 *
 * @param explained for a person at a terminal; `before` is the last request of the same flow
 */
export type Question<Request> = (
  request: Request,
  explained?: { before: ConsentRequest | undefined; output: Lines },
) => string

export const installQuestion: Question<ConsentRequest> = (request, explained) =>
  explained
    ? explainedQuestion(request, explained.before, explained.output)
    : consentQuestion(request)

/**
 * The question about privileges for a person at a terminal: what each means for the host, the worst first, and which
 * content it is about.
 *
 * @param before the last request of the same flow
 */
export function explainedQuestion(
  request: ConsentRequest,
  before: ConsentRequest | undefined,
  output: Lines,
): string {
  const { settings, digest } = request
  const others = settings.filter(({ widens }) => !widens).map(keyOf)
  return [
    output.paint('strong', consentHeading(request)),
    '',
    ...changedLines(request, before, output),
    ...explainedLines(request, output),
    '',
    ...factLines('Digest', digest, output),
    ...factLines('Settings', others.join(' '), output),
    CONSENT_QUESTION,
  ].join('\n')
}

/** The meaning of each privilege for the host, the worst first, after the settings that widen them. */
export function explainedLines({ privileges, settings }: ConsentRequest, output: Lines): string[] {
  const widening = settings.filter(({ widens }) => widens).map(textOf)
  return explainRequest(privileges, widening).flatMap((each) => explanationLines(each, output))
}

function explanationLines(
  { danger, title, value, sentence }: Explanation,
  { paint, stream }: Lines,
): string[] {
  const columns = Math.min(stream.columns ?? 80, WIDEST) - 1
  const what = visible(value === '' ? title : `${title}: ${value}`)
  return [
    `  ${paint(danger, danger)}${' '.repeat(LABEL_COLUMNS - danger.length)}${paint('strong', what)}`,
    ...wrapText(visible(sentence), columns, MARGIN),
  ]
}

function changedLines(
  { privileges }: ConsentRequest,
  before: ConsentRequest | undefined,
  { paint }: Lines,
): string[] {
  const difference = before && comparePrivileges(before.privileges, privileges)
  if (!difference) return []
  return [
    '  It asks for other privileges than a moment ago:',
    ...differenceLines(difference).map(({ sign, text }) =>
      paint(sign === '+' ? 'failed' : 'quiet', `  ${sign} ${visible(text)}`),
    ),
    '',
  ]
}

function factLines(label: string, value: string | undefined, { paint }: Lines): string[] {
  return value ? [`${paint('quiet', `${label}:`)} ${visible(value)}`] : []
}
