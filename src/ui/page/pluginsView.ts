import { visible } from '../../text/visible.ts'
import { button, element, setText } from '../../viewer/element.ts'
import type { ListedPlugin } from '../plugins.ts'
import type { Ask } from './api.ts'
import { byId, confirmed, createRows, type Row } from './dom.ts'
import { upgradeAddress } from './route.ts'

/** Between two looks at the engine, whatever asks for them. */
const SPACING_MS = 1_000

/**
 * The plugins on the engine.
 *
 * @param changed called with those that are there, whenever they were looked up
 */
export function createPluginsView(ask: Ask, changed: (plugins: readonly ListedPlugin[]) => void) {
  const problem = byId('plugins-problem', HTMLElement)
  const draw = createRows(byId('plugin-rows', HTMLElement), (plugin: ListedPlugin) =>
    createPluginRow(plugin, ask, refresh),
  )
  let looking: Promise<void> | undefined
  let isStale = false
  let last = 0

  async function look(): Promise<void> {
    last = Date.now()
    const { ok, body, message } = await ask('/plugins')
    setText(problem, message)
    if (!ok) return
    const plugins = body.plugins as ListedPlugin[]
    draw(plugins)
    byId('no-plugins', HTMLElement).hidden = plugins.length > 0
    changed(plugins)
  }
  /** Looks at the engine, once at a time: what asks meanwhile has it looked at once more. */
  async function refresh(): Promise<void> {
    isStale = looking !== undefined
    looking ??= look().finally(() => {
      looking = undefined
      if (isStale) setTimeout(() => void refresh(), SPACING_MS)
    })
    return looking
  }
  return {
    refresh,
    /** Unless that was done a moment ago. */
    refreshInTime: () => void (Date.now() - last > SPACING_MS && refresh()),
  }
}

function createPluginRow(
  first: ListedPlugin,
  ask: Ask,
  refresh: () => Promise<void>,
): Row<ListedPlugin> {
  let plugin = first
  const status = element('span', { class: 'badge' })
  const name = element('strong', {}, first.name)
  const id = element('code', {}, first.id.slice(0, 12))
  const about = element('p', { class: 'about' })
  const problem = element('p', { class: 'problem', role: 'alert' })
  const toggle = button('', {}, () => void change(plugin.enabled ? 'disable' : 'enable'))
  const remove = button('Remove', { 'aria-label': `Remove ${first.name}` }, () => void askRemoval())
  const upgrade = element(
    'a',
    { class: 'button', 'aria-label': `Upgrade ${first.name}` },
    'Upgrade',
  )
  upgrade.href = upgradeAddress(first.name)
  const buttons = element('div', { class: 'actions' }, toggle, upgrade, remove)
  const names = element('div', { class: 'names' }, status, name, id)

  async function change(action: 'enable' | 'disable' | 'remove', force = false): Promise<void> {
    for (const each of [toggle, remove]) each.disabled = true
    setText(problem, '')
    const { ok, body, message } = await ask(`/plugins/${plugin.id}/${action}`, { force })
    for (const each of [toggle, remove]) each.disabled = false
    setText(problem, message)
    if (!ok && body.mayForce === true && !force && (await askForce(action, message))) {
      await change(action, true)
      return
    }
    await refresh()
  }
  async function askRemoval(): Promise<void> {
    const text = plugin.enabled
      ? 'It is enabled: the engine refuses to remove it without force, which is asked for then.'
      : 'It is removed from this engine, with its settings and the data in its own mount.'
    if (await confirmed(`Remove ${visible(plugin.name)}?`, text, 'Remove')) await change('remove')
  }
  function askForce(action: string, message: string): Promise<boolean> {
    const word = action === 'remove' ? 'Remove' : 'Disable'
    return confirmed(
      `${word} ${visible(plugin.name)} by force?`,
      `The engine refuses: ${visible(message)}. By force it does so all the same, while containers may be using it.`,
      `${word} by force`,
    )
  }
  return {
    node: element('li', { class: 'row' }, names, about, buttons, problem),
    update(now) {
      plugin = now
      setText(status, now.enabled ? 'enabled' : 'disabled')
      status.dataset.tone = now.enabled ? 'good' : 'stopped'
      setText(name, now.name)
      setText(about, now.description)
      setText(toggle, now.enabled ? 'Disable' : 'Enable')
      toggle.ariaLabel = `${now.enabled ? 'Disable' : 'Enable'} ${visible(now.name)}`
    },
  }
}
