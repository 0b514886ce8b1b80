import type { Explanation } from './explainPrivilege.ts'

type Meaning = Pick<Explanation, 'danger' | 'sentence'>

const SOCKETS =
  /^\/(?:var\/)?run\/(?:docker\.sock|docker|containerd|crio|podman)(?:\/|$)|\/containerd\.sock$/
const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|sbin|sys|usr|var|run|var\/run|var\/lib|var\/spool)$/
const INSIDE_SYSTEM =
  /^\/(?:bin|boot|etc|lib|lib32|lib64|libx32|proc|root|sbin|sys|usr|var\/spool\/cron)\//
const ENGINE_DATA = /^\/var\/lib\/(?:docker|containerd)(?:\/|$)/
const PLUGIN_DATA = /^\/var\/lib\/docker\/plugins(?:\/|$)/

/** What it means that a directory or file of the host is mounted into a plugin. */
export function explainPath(source: string): Meaning {
  if (source === '') return medium('Which directory is left open; the engine takes what is set.')
  const path = plainPath(source)
  if (path === '/') {
    return critical('It can read and change every file of the host: it is root on it.')
  }
  if (SOCKETS.test(path)) {
    return critical('It can command the container engine, and so become root on the host.')
  }
  if (SYSTEM.test(path) || INSIDE_SYSTEM.test(path)) {
    return critical('It can read and change files that the host itself runs on.')
  }
  if (PLUGIN_DATA.test(path)) {
    return high('It can read and change the data of plugins, those of others included.')
  }
  if (ENGINE_DATA.test(path)) {
    return critical(
      "It can read and change the engine's own data: all images, containers, volumes.",
    )
  }
  if (/^\/home(?:\/|$)/.test(path)) return high('It can read and change the files of people.')
  return medium('It can read and change what is in this directory, and hand it on.')
}

const MEMORY = /^\/dev\/(?:k?mem|port)$/
const DISKS = /^\/dev\/(?:sd|hd|vd|xvd|nvme|mmcblk|dm-|md|loop|mapper\/|disk\/)/
const HARMLESS = /^\/dev\/(?:null|zero|full|u?random)$/

/** What it means that a plugin gets a device of the host. */
export function explainDevice(source: string): Meaning {
  if (source === '') return medium('Which device is left open; the engine takes what is set.')
  const path = plainPath(source)
  if (MEMORY.test(path)) return critical("It can read and change the host's memory.")
  if (DISKS.test(path)) return critical('It can read and overwrite a whole disk of the host.')
  if (path === '/dev/fuse') {
    return medium('It can offer file systems of its own (FUSE) to the host.')
  }
  if (path === '/dev/net/tun') return high('It can make network interfaces and redirect traffic.')
  if (path === '/dev/kvm') return high('It can run virtual machines on the host.')
  if (HARMLESS.test(path)) return { danger: 'low', sentence: 'This device holds nothing.' }
  return high('It talks to this device directly, past the checks of the host.')
}

/** Without `.`, `..` and doubled slashes, which hide what is meant. */
function plainPath(source: string): string {
  const parts: string[] = []
  for (const part of source.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

function critical(sentence: string): Meaning {
  return { danger: 'critical', sentence }
}

function high(sentence: string): Meaning {
  return { danger: 'high', sentence }
}

function medium(sentence: string): Meaning {
  return { danger: 'medium', sentence }
}
