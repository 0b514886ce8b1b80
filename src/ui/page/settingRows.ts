import { button, element, setText } from '../../viewer/element.ts'

/** A setting as the server takes it. */
export interface FormSetting {
  name: string
  value: string
  secret: boolean
}

/** Settings as rows of a form: name, value, and whether the value is a secret. */
export function createSettingRows(form: HTMLFormElement) {
  const list = form.querySelector('.settings') as HTMLElement
  let rows: ReturnType<typeof createRow>[] = []

  function add(setting?: Partial<FormSetting>) {
    const row = createRow(setting, () => {
      rows = rows.filter((each) => each !== row)
      row.node.remove()
    })
    rows.push(row)
    list.append(row.node)
    return row
  }
  form.querySelector('.add')?.addEventListener('click', () => add().name.focus())
  return {
    /** Rows without a name and a value are left out; `places` has the row of each that is in. */
    read(): { settings: FormSetting[]; places: number[] } {
      const places = rows.flatMap(({ isEmpty }, index) => (isEmpty() ? [] : [index]))
      return { settings: places.flatMap((index) => rows[index]?.read() ?? []), places }
    },
    fill(settings: readonly (string | FormSetting)[]) {
      rows = []
      list.replaceChildren()
      for (const each of settings) add(typeof each === 'string' ? split(each) : each)
    },
    /** Shows what is wrong with a row, and returns its first field. */
    fail(index: number, message: string): HTMLElement | undefined {
      rows[index]?.fail(message)
      return rows[index]?.name
    },
    clearProblems() {
      for (const row of rows) row.fail('')
    },
  }
}

let count = 0

function createRow(given: Partial<FormSetting> = {}, remove: () => void) {
  count += 1
  const id = `setting-${count}-problem`
  const plain = { autocapitalize: 'off', spellcheck: 'false', autocomplete: 'off' }
  const name = element('input', {
    ...plain,
    placeholder: 'NAME',
    'aria-label': 'Name of the setting',
    'aria-describedby': id,
  })
  const value = element('input', {
    ...plain,
    autocomplete: 'new-password',
    placeholder: 'value',
    'aria-label': 'Value of the setting',
  })
  const secret = element('input', { type: 'checkbox' })
  const problem = element('p', { class: 'problem', id })
  name.value = given.name ?? ''
  value.value = given.value ?? ''
  secret.checked = given.secret ?? false
  const hide = () => {
    value.type = secret.checked ? 'password' : 'text'
  }
  secret.addEventListener('change', hide)
  hide()
  const leave = button('×', { class: 'quiet', 'aria-label': 'Remove the setting' }, remove)
  return {
    node: element(
      'li',
      {},
      name,
      value,
      element('label', { class: 'check' }, secret, ' Secret'),
      leave,
      problem,
    ),
    name,
    isEmpty: () => name.value.trim() === '' && value.value === '',
    read: () => ({ name: name.value.trim(), value: value.value, secret: secret.checked }),
    fail(message: string) {
      setText(problem, message)
      name.ariaInvalid = String(message !== '')
    },
  }
}

function split(text: string): FormSetting {
  const [name = '', ...rest] = text.split('=')
  return { name, value: rest.join('='), secret: false }
}
