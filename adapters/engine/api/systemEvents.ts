import type { SystemEvent } from '../../../machines/engine.ts'
import { filtersQuery, type Operation } from './operation.ts'
import { objectOrNone, string, text, WrongShape } from './shape.ts'

const line = objectOrNone({
  Action: string,
  Actor: objectOrNone({ Attributes: objectOrNone({ name: text }) }),
})

/**
 * `GET /events`, an object a line. The engine ends the answer where `until` is past, and sends a body without a line where it
 * remembers nothing.
 */
export const systemEvents: Operation<'systemEvents'> = {
  kind: 'look',
  method: 'GET',
  path: ({ since, until, filters }) =>
    `/events?since=${seconds(since)}&until=${seconds(until)}${filtersQuery(filters).replace('?', '&')}`,
  async read(answer) {
    const lines = (await answer.text()).split('\n').filter((each) => each.trim() !== '')
    try {
      return lines.map((each, index) => readEvent(JSON.parse(each), `line ${index + 1}`))
    } catch (error) {
      throw answer.invalid(error instanceof WrongShape ? error.message : 'a line that is no JSON')
    }
  },
}

function readEvent(value: unknown, at: string): SystemEvent {
  const { Action, Actor } = line(value, at)
  return { action: Action, name: Actor.Attributes.name }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3)
}
