import { answers, type Fault, refusedEnable, type Target, targets } from './fault.ts'
import { bodyOf, withBody } from './wireAnswer.ts'

type Json = null | boolean | number | string | Json[] | { [field: string]: Json }
type Path = readonly (string | number)[]

const values: readonly Json[] = [null, 7, 'x', {}, [], true]
/** For an answer that gets all of them in another place. */
const fewValues: readonly Json[] = [null, 'x']

/** In every place of every answer that is JSON, a value of each other type. */
export function shapeFaults(): Fault[] {
  return [...targets, refusedEnable].flatMap((target) =>
    target.role === 'pull' ? linesOf(target) : wholeOf(target),
  )
}

function wholeOf({ role, story, answer }: Target): Fault[] {
  const text = bodyOf(answer).toString()
  if (!/^[[{]/.test(text)) return []
  const tried = role === 'find' ? fewValues : values
  return mutations(JSON.parse(text), tried).map(({ path, value, made }) => ({
    kind: 'wrong type',
    role,
    story,
    detail: `${shown(path)} = ${JSON.stringify(value)}`,
    strike: answers((sent) => withBody(sent, `${JSON.stringify(made)}\n`)),
  }))
}

function linesOf({ role, story, answer }: Target): Fault[] {
  return answer.pieces.flatMap((piece, line) =>
    mutations(JSON.parse(piece.toString()), values).map(({ path, value, made }): Fault => {
      const pieces = answer.pieces.with(line, Buffer.from(`${JSON.stringify(made)}\r\n`))
      return {
        kind: 'wrong type',
        role,
        story,
        detail: `line ${line + 1}${shown(path)} = ${JSON.stringify(value)}`,
        strike: answers((sent) => withBody(sent, ...pieces)),
      }
    }),
  )
}

function mutations(whole: Json, tried: readonly Json[]): { path: Path; value: Json; made: Json }[] {
  return paths(whole).flatMap((path) => {
    const now = JSON.stringify(at(whole, path))
    return tried
      .filter((value) => JSON.stringify(value) !== now)
      .map((value) => ({ path, value, made: replaced(whole, path, value) }))
  })
}

/** The way to every value in it, itself included. */
function paths(value: Json, way: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [way]
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return [
    way,
    ...keys.flatMap((key) => paths((value as Record<string, Json>)[key] as Json, [...way, key])),
  ]
}

function at(whole: Json, path: Path): Json {
  return path.reduce<Json>((value, key) => (value as Record<string, Json>)[key] as Json, whole)
}

function replaced(whole: Json, path: Path, value: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return value
  const copy = structuredClone(whole) as Record<string, Json>
  copy[key] = replaced(copy[key] as Json, rest, value)
  return copy
}

function shown(path: Path): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
}
