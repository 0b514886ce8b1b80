import { button, element } from '../../viewer/element.ts'
import type { Ask } from './api.ts'
import { byId } from './dom.ts'
import { runAddress } from './route.ts'

/** The forms that start a run. */
export function createForms(ask: Ask) {
  byId('install', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    void start({
      reference: textIn('reference'),
      settings: settingsOf('settings'),
      disabled: byId('disabled', HTMLInputElement).checked,
      alias: textIn('alias'),
    })
  })
  byId('upgrade', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    void start({
      machine: 'pluginUpgrade',
      name: textIn('installed'),
      reference: textIn('to'),
      settings: settingsOf('upgrade-settings'),
    })
  })
  byId('recorded', HTMLButtonElement).addEventListener('click', () => {
    location.hash = '#/recorded'
  })

  async function start(body: object): Promise<void> {
    const { body: made, message } = await ask('/flows', body)
    byId('problem', HTMLElement).textContent = message
    if (typeof made.id === 'string') location.hash = runAddress(made.id)
  }
  return {
    prefillUpgrade(name: string) {
      if (name !== '') byId('installed', HTMLInputElement).value = name
    },
    /** A row of the first screen that fills the form in. */
    sample({ name, about }: { name: string; about: string }): HTMLElement {
      const use = button(name, {}, () => {
        byId('reference', HTMLInputElement).value = name
        byId('install', HTMLFormElement).requestSubmit()
      })
      return element('li', {}, use, element('span', {}, about))
    },
  }
}

function textIn(id: string): string {
  return byId(id, HTMLInputElement).value.trim()
}

function settingsOf(id: string): string[] {
  return textIn(id).split(/\s+/).filter(Boolean)
}
