import fc from 'fast-check'

type Config = Record<string, unknown>

const KEYS = ['a', 'b', 'c d', '7', 'x.y', '#h', 'constructor', 'toString', 'back\\slash', '日本']
const EVENTS = ['GO', 'a.b', '*', 'consent.grant', 'toString', '3', 'xstate.done.actor.other']
const MOST_STATES = 24

/** Configs of XState 5 with all that can be in one; every target is there. */
export const someMachines: fc.Arbitrary<Config> = fc
  .array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 300 })
  .map(makeMachine)

/** The same numbers make the same machine. */
function makeMachine(numbers: readonly number[]): Config {
  let drawn = 0
  const draw = (below: number) => ((numbers[drawn++ % numbers.length] ?? 0) + drawn) % below
  const chance = (percent: number) => draw(100) < percent
  const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)] as Item

  interface Place {
    config: Config
    keys: string[]
    parent?: Place
    children: Place[]
  }
  const places: Place[] = []
  const make = (keys: string[], parent?: Place): Place => {
    const place: Place = { config: {}, keys, children: [], ...(parent && { parent }) }
    places.push(place)
    const count = keys.length === 0 ? 1 + draw(5) : chance(30 - keys.length * 8) ? 1 + draw(4) : 0
    for (let index = 0; index < count && places.length < MOST_STATES; index++) {
      const key = pick(KEYS)
      if (place.children.some(({ keys }) => keys.at(-1) === key)) continue
      place.children.push(make([...keys, key], place))
    }
    return place
  }
  const root = make([])
  const escaped = (key = '') => key.replace(/[\\.]/g, '\\$&')

  const target = (from: Place): string => {
    const to = pick(places)
    const ways = ['id', 'path', 'sibling', 'child'] as const
    switch (pick(ways)) {
      case 'sibling': {
        const beside = from.parent?.children ?? []
        const chosen = pick(beside)
        // As the first character it would begin an id.
        if (chosen && !chosen.keys.at(-1)?.startsWith('#')) return escaped(chosen.keys.at(-1))
        break
      }
      case 'child': {
        const chosen = pick(from.children)
        const own = from.keys.at(-1)
        if (chosen && !/[\\.#]/.test(`${own}${chosen.keys.at(-1)}`))
          return `.${escaped(chosen.keys.at(-1))}`
        break
      }
      case 'path':
        if (!to.keys.some((key) => key.startsWith('#')))
          return ['#m', ...to.keys.map(escaped)].join('.')
    }
    to.config.id ??= to === root ? 'm' : `id ${places.indexOf(to)}`
    return `#${to.config.id}`
  }
  const guard = () =>
    chance(30) ? { guard: chance(50) ? 'isOpen' : { type: 'is more', params: { than: 3 } } } : {}
  const transition = (from: Place): unknown => {
    if (chance(25)) return target(from)
    if (chance(15)) return { actions: 'log', ...guard() }
    const several = chance(15) ? [target(from), target(from)] : target(from)
    return { target: several, reenter: chance(20), ...guard() }
  }
  const transitions = (from: Place): unknown =>
    chance(70) ? transition(from) : [transition(from), transition(from)].slice(draw(2))

  for (const place of places) {
    const { config, children, parent } = place
    const named = <Value>(names: readonly string[], value: () => Value) =>
      Object.fromEntries(names.filter(() => chance(25)).map((name) => [name, value()]))
    if (chance(70)) config.on = named(EVENTS, () => transitions(place))
    if (chance(25)) config.after = named(['500', '0', 'patience'], () => transitions(place))
    if (chance(20)) config.always = transitions(place)
    if (children.length > 0 && chance(40)) config.onDone = transitions(place)
    if (chance(20)) {
      const invoked = ['first', undefined].map((id, index) => ({
        src: `actor${index}`,
        ...(id && { id: `${id} of ${place.keys.join(' ')}` }),
        ...(chance(60) && { onDone: transitions(place) }),
        ...(chance(40) && { onError: transitions(place) }),
        ...(chance(10) && { onSnapshot: transitions(place) }),
      }))
      config.invoke = chance(50) ? invoked[0] : invoked
    }
    if (chance(20)) config.description = 'What it is for.'
    if (children.length > 0) {
      const first = pick(children).keys.at(-1)
      if (chance(25)) config.type = 'parallel'
      else config.initial = chance(70) ? first : { target: first, actions: 'log' }
    } else if (parent && chance(15)) {
      config.type = 'final'
    } else if (parent && parent.children.length > 1 && chance(10)) {
      Object.assign(config, { type: 'history', history: pick(['shallow', 'deep']) })
      const beside = parent.children.find((each) => each !== place)?.keys.at(-1)
      if (chance(50) && !beside?.startsWith('#')) config.target = escaped(beside)
      for (const name of ['on', 'after', 'always', 'invoke']) delete config[name]
    }
  }
  for (const { config, children } of places) {
    if (children.length === 0) continue
    config.states = Object.fromEntries(children.map((child) => [child.keys.at(-1), child.config]))
  }
  root.config.id = 'm'
  return JSON.parse(JSON.stringify(root.config))
}
