/** A part of the page, by the fragment of its address: it survives a reload, and can be gone back to. */
export type Route =
  | { view: 'home' | 'plugins' | 'install' | 'runs' | 'recorded' | 'rollouts' }
  | { view: 'upgrade'; name: string }
  | { view: 'run'; id: string }
  /** With the position of a target in the plan, where one is open. */
  | { view: 'rollout'; id: string; target?: number }

export function readRoute(hash: string): Route {
  const [view = '', rest, more = ''] = hash.replace(/^#?\/?/, '').split('/', 3)
  const name = rest === undefined ? '' : decode(rest)
  switch (view) {
    case 'plugins':
    case 'install':
    case 'recorded':
      return { view }
    case 'upgrade':
      return { view, name }
    case 'runs':
      return name === '' ? { view } : { view: 'run', id: name }
    case 'rollouts':
      if (name === '') return { view }
      return { view: 'rollout', id: name, ...(/^\d{1,6}$/.test(more) && { target: Number(more) }) }
    default:
      return { view: 'home' }
  }
}

export function runAddress(id: string): string {
  return `#/runs/${encodeURIComponent(id)}`
}

/** Of a rollout, or of a target in it. */
export function rolloutAddress(id: string, target?: number): string {
  const address = `#/rollouts/${encodeURIComponent(id)}`
  return target === undefined ? address : `${address}/${target}`
}

export function upgradeAddress(name: string): string {
  return `#/upgrade/${encodeURIComponent(name)}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
