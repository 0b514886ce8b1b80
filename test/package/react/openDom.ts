import { Window } from 'happy-dom'

/** The globals that React reads, and those that axe reads. */
const NAMES = ['window', 'document', 'navigator', 'Node', 'IS_REACT_ACT_ENVIRONMENT']

export interface Dom {
  window: Window
  /** Puts the globals back as they were. */
  close(): Promise<void>
}

/** A document in this process, as the page of a desktop app has one beside Node.js. */
export async function openDom(): Promise<Dom> {
  const window = new Window({ url: 'http://localhost/' })
  window.document.documentElement.lang = 'en'
  window.document.title = 'A host'
  window.document.body.innerHTML = '<main><h1>A host</h1></main>'
  const before = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))
  const { document, navigator, Node } = window
  for (const [name, value] of Object.entries({ window, document, navigator, Node })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  await window.happyDOM.waitUntilComplete()
  return {
    window,
    async close() {
      for (const [index, name] of NAMES.entries()) {
        const descriptor = before[index]
        if (descriptor) Object.defineProperty(globalThis, name, descriptor)
        else Reflect.deleteProperty(globalThis, name)
      }
      await window.happyDOM.close()
    },
  }
}
