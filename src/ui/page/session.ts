const KEY = 'plugin-flow-token'
const LOCKED =
  'This page is locked. Open the address that plugin-flow ui has printed: the whole line, up to its end. It is good for as long as that command runs.'

/** The requests of a page to its server. */
export interface Session {
  /** The headers that every request for data has to have. */
  readonly headers: Readonly<Record<string, string>>
  /** Sends a request. Without the token of this server, the page is replaced by words that say so. */
  send(path: string, body?: unknown, signal?: AbortSignal): Promise<Response>
}

/**
 * Takes the token out of the address that was opened, and keeps it for a reload of this tab. It is in no
 * cookie, since a browser sends those to other ports too, and goes to our own server only, in a header.
 */
export function openSession(): Session {
  const token = takeToken()
  // The printed address, opened again in this tab, differs in its fragment only: that loads nothing.
  addEventListener('hashchange', () => {
    if (tokenInAddress() !== undefined) location.reload()
  })
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  return {
    headers,
    async send(path, body, signal) {
      const response = await fetch(path, {
        signal: signal ?? null,
        credentials: 'omit',
        redirect: 'error',
        ...(body === undefined
          ? { headers }
          : {
              method: 'POST',
              headers: { ...headers, 'Content-Type': 'application/json' },
              body: JSON.stringify(body),
            }),
      })
      if (response.status === 403) lock()
      return response
    },
  }
}

function takeToken(): string | undefined {
  const given = tokenInAddress()
  if (given === undefined) return stored(() => sessionStorage.getItem(KEY)) ?? undefined
  stored(() => sessionStorage.setItem(KEY, given))
  history.replaceState(history.state, '', location.pathname)
  return given
}

function tokenInAddress(): string | undefined {
  return /^#token=([\w-]+)$/.exec(location.hash)?.[1]
}

/** A browser that keeps nothing refuses: the token is good until a reload then. */
function stored<Value>(act: () => Value): Value | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

function lock(): void {
  const words = document.createElement('p')
  words.id = 'problem'
  words.role = 'alert'
  words.textContent = LOCKED
  document.querySelector('main')?.replaceChildren(words)
}
