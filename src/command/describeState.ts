import { visible } from '../text/visible.ts'
import type { InstallCommand } from './entries/install.ts'

/** The state of a path: `pulling` for `pulling.streaming`. */
export function stateName(path: string): string {
  return path.split('.', 1)[0] ?? path
}

/** What happens in a state, for somebody who waits for it. */
export function describeState(path: string, install: InstallCommand): string {
  switch (path) {
    case 'checkPrivileges':
      return `looking up what ${visible(install.reference)} asks for`
    case 'reauth':
      return 'the registry wants credentials'
    case 'awaitConsent':
      return 'waiting for consent'
    case 'pulling.streaming':
      return 'the engine pulls the plugin'
    case 'pulling.verifying':
      return 'comparing what was installed with what was granted'
    case 'configuring': {
      const { settings, secrets = [] } = install
      const count = settings.length + secrets.length
      return count === 1 ? 'setting 1 value' : `setting ${count} values`
    }
    case 'enabling':
      return 'the engine starts the plugin and waits for its socket'
    case 'rollingBack':
      return install.keepOnFailure ? 'looking at what is left' : 'taking back what was installed'
    default:
      return ''
  }
}
