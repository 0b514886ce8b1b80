import { visible, visibleJson } from '../text/visible.ts'
import { UsageError } from './usageError.ts'

/** The value of a field, as text or as JSON. An empty path is the whole. */
interface Action {
  path: readonly string[]
  json: boolean
}

/** The part of Go's templates that `docker … --format` is used with: text, fields, and `json`. */
export type Template = readonly (string | Action)[]

const ACTION = /^(json\s+)?\.((?:[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*)?$/

/** @throws UsageError for what is not `{{.Field}}`, `{{.Field.Field}}`, `{{json .Field}}` or `{{json .}}` */
export function parseTemplate(text: string): Template {
  return text
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n')
    .split(/(\{\{.*?\}\})/s)
    .map((part) => (part.startsWith('{{') ? parseAction(part) : part))
}

function parseAction(text: string): Action {
  const [, json, fields = ''] = ACTION.exec(text.slice(2, -2).trim()) ?? []
  if (json === undefined && fields === '') {
    throw new UsageError(`--format takes {{.Field}} and {{json .Field}}, and not ${text}`)
  }
  return { path: fields === '' ? [] : fields.split('.'), json: json !== undefined }
}

/**
 * What the template makes of a value; text from outside is made visible.
 *
 * @throws UsageError when there is no such field, or it is none that can be written as text
 */
export function renderTemplate(template: Template, value: unknown): string {
  return template
    .map((part) => (typeof part === 'string' ? part : renderAction(part, value)))
    .join('')
}

function renderAction({ path, json }: Action, value: unknown): string {
  const found = path.reduce(field, value)
  if (json) return visibleJson(found)
  if (found === null) return '<nil>'
  if (typeof found !== 'object') return visible(String(found))
  throw new UsageError(`.${path.join('.')} is no text: write {{json .${path.join('.')}}}`)
}

/** By its name, in whatever case: Go has `ID` where JSON has `Id`. */
function field(value: unknown, name: string): unknown {
  const entries = Object.entries(value ?? {})
  const wanted = name.toLowerCase()
  const [, found] =
    entries.find(([key]) => key === name) ??
    entries.find(([key]) => key.toLowerCase() === wanted) ??
    []
  if (found === undefined) throw new UsageError(`--format: there is no field ${name}`)
  return found
}
