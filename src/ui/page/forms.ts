import { button, element, setText } from '../../viewer/element.ts'
import type { ShownPlan } from '../shownPlan.ts'
import type { Ask } from './api.ts'
import { byId } from './dom.ts'
import { showPlan } from './planView.ts'
import { createSettingRows, type FormSetting } from './settingRows.ts'

/** A form as it was sent, without the values of secret settings. */
export interface FilledForm {
  machine?: string
  reference?: string
  name?: string
  alias?: string
  disabled?: boolean
  policy?: string
  settings?: readonly (string | FormSetting)[]
}

/** The forms that start a run. */
export function createForms(ask: Ask, started: (id: string) => void) {
  const install = createForm(byId('install', HTMLFormElement), 'pluginInstall', ask, started)
  const upgrade = createForm(byId('upgrade', HTMLFormElement), 'pluginUpgrade', ask, started)
  byId('recorded', HTMLButtonElement).addEventListener('click', () => {
    location.hash = '#/recorded'
  })
  return {
    prefillUpgrade(name: string) {
      if (name !== '') byId('installed', HTMLInputElement).value = name
    },
    /** Fills a form in as it was sent before, to be sent again. */
    fill(form: FilledForm) {
      const isUpgrade = form.machine === 'pluginUpgrade'
      ;(isUpgrade ? upgrade : install).fill(form)
      location.hash = isUpgrade ? '#/upgrade' : '#/install'
    },
    /** A row of the first screen that starts an install. */
    sample({ name, about }: { name: string; about: string }): HTMLElement {
      const use = button(name, {}, () => {
        install.fill({ reference: name })
        byId('install', HTMLFormElement).requestSubmit()
      })
      return element('li', {}, use, element('span', {}, about))
    },
  }
}

function createForm(
  form: HTMLFormElement,
  machine: string,
  ask: Ask,
  started: (id: string) => void,
) {
  const rows = createSettingRows(form)
  const policy = form.querySelector('textarea') as HTMLTextAreaElement
  const file = form.querySelector('.policy-file') as HTMLInputElement
  const problem = form.querySelector('.form-problem') as HTMLElement
  const settingsProblem = form.querySelector('.settings-problem') as HTMLElement
  const disabled = form.querySelector<HTMLInputElement>('#disabled')
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[name]')]

  function body(settings: readonly FormSetting[]): object {
    const texts = fields.map(({ name, value }) => [name, value.trim()])
    return {
      machine,
      ...Object.fromEntries(texts),
      settings,
      ...(disabled && { disabled: disabled.checked }),
    }
  }
  async function send(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    for (const field of fields) fail(field, '')
    rows.clearProblems()
    setText(problem, '')
    setText(settingsProblem, '')
    showPlan(undefined)
    const { settings, places } = rows.read()
    const { ok, body: answer, message } = await ask(path, body(settings))
    if (ok) return answer
    const field = fields.find(({ name }) => name === answer.field)
    const place = typeof answer.index === 'number' ? places[answer.index] : undefined
    if (field) {
      fail(field, message)
      field.closest('details')?.setAttribute('open', '')
      field.focus()
    } else if (answer.field !== 'settings') setText(problem, message)
    else if (place === undefined) setText(settingsProblem, message)
    else rows.fail(place, message)?.focus()
    return undefined
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const made = await send('/flows')
    if (typeof made?.id === 'string') started(made.id)
  })
  form.querySelector('.plan')?.addEventListener('click', async () => {
    const plan = await send('/plan')
    if (plan) showPlan(plan as unknown as ShownPlan)
  })
  form.querySelector('.choose')?.addEventListener('click', () => file.click())
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? []
    if (chosen) policy.value = await chosen.text()
    file.value = ''
  })
  return {
    fill(filled: FilledForm) {
      for (const field of fields) {
        field.value = String(filled[field.name as keyof FilledForm] ?? '')
        fail(field, '')
      }
      rows.fill(filled.settings ?? [])
      if (disabled) disabled.checked = filled.disabled ?? false
      policy.closest('details')?.toggleAttribute('open', policy.value !== '')
    },
  }
}

/** Says at a field what is wrong with it; empty when nothing is. */
function fail(field: HTMLElement, message: string): void {
  const id = field.getAttribute('aria-describedby') ?? ''
  setText(byId(id, HTMLElement), message)
  field.ariaInvalid = String(message !== '')
}
