/** A part of the page, by the fragment of its address: it survives a reload, and can be gone back to. */
export type Route =
  | { view: 'home' | 'plugins' | 'install' | 'runs' | 'recorded' }
  | { view: 'upgrade'; name: string }
  | { view: 'run'; id: string }

export function readRoute(hash: string): Route {
  const [view = '', rest] = hash.replace(/^#?\/?/, '').split('/', 2)
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
    default:
      return { view: 'home' }
  }
}

export function runAddress(id: string): string {
  return `#/runs/${encodeURIComponent(id)}`
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
