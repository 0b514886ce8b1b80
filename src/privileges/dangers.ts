/** `critical`: enough to become root on the host. */
export type Danger = 'critical' | 'high' | 'medium' | 'low'

/** The meaning of one value of a privilege for the host. */
export interface Meaning {
  danger: Danger
  sentence: string
}

const meaning =
  (danger: Danger) =>
  (sentence: string): Meaning => ({ danger, sentence })
export const critical = meaning('critical')
export const high = meaning('high')
export const medium = meaning('medium')
const low = meaning('low')

/** The meaning of the capabilities of capabilities(7), as far as they endanger a host. */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ['ALL', critical('It gets every capability there is: it is root on the host.')],
  ['SYS_ADMIN', critical('It can mount, and change most of the system: as good as root.')],
  ['SYS_MODULE', critical('It can load code into the kernel of the host.')],
  ['SYS_RAWIO', critical('It can read and write the memory and the ports of the machine.')],
  ['SYS_PTRACE', critical('It can read and control other processes.')],
  ['SYS_BOOT', critical('It can restart the host, and start another kernel.')],
  ['DAC_READ_SEARCH', critical('It can read every file, whatever its permissions say.')],
  ['DAC_OVERRIDE', high('It can read and change files, whatever their permissions say.')],
  ['MKNOD', high('It can make device files, for disks and memory too.')],
  ['BPF', critical('It can run programs in the kernel of the host.')],
  ['PERFMON', high('It can watch what the kernel and other processes do.')],
  ['NET_ADMIN', high('It can change interfaces, routes and the firewall.')],
  ['NET_RAW', high('It can read and forge network packets.')],
  ['SETUID', high('It can become any user.')],
  ['SETGID', high('It can join any group.')],
  ['SETFCAP', high('It can give capabilities to programs.')],
  ['SYS_TIME', medium("It can set the host's clock, on which certificates and logs depend.")],
  ['SYSLOG', medium("It can read the kernel's messages and addresses.")],
  ['SYS_CHROOT', medium('It can change its root directory.')],
  ['CHOWN', medium('It can give files to other users.')],
  ['FOWNER', medium('It can change permissions of files of others.')],
  ['KILL', medium('It can end processes of other users.')],
  ['SYS_RESOURCE', medium('It can pass over limits on memory, disk and processes.')],
  ['SYS_NICE', low('It can raise the priority of processes.')],
  ['IPC_LOCK', low('It can keep memory from being swapped out.')],
  ['NET_BIND_SERVICE', low('It can listen on ports below 1024.')],
])

/** By its name, with or without `CAP_`, in either case, as engines take it. */
export function explainCapability(name: string): Meaning {
  const known = name.toUpperCase().replace(/^CAP_/, '')
  return meanings.get(known) ?? high('It lifts one of the limits of the kernel.')
}

const SOCKETS =
  /^\/(?:var\/)?run\/(?:docker\.sock|docker|containerd|crio|podman)(?:\/|$)|\/containerd\.sock$/
const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|sbin|sys|usr|var|run|var\/run|var\/lib|var\/spool)$/
const INSIDE_SYSTEM =
  /^\/(?:bin|boot|etc|lib|lib32|lib64|libx32|proc|root|sbin|sys|usr|var\/spool\/cron)\//
const ENGINE_DATA = /^\/var\/lib\/(?:docker|containerd)(?:\/|$)/
const PLUGIN_DATA = /^\/var\/lib\/docker\/plugins(?:\/|$)/

/** The meaning of a directory or file of the host that is mounted into a plugin. */
export function explainPath(source: string): Meaning {
  if (source === '') return medium('The directory is left open: a setting names it.')
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

/** The meaning of a device of the host that a plugin gets. */
export function explainDevice(source: string): Meaning {
  if (source === '') return medium('The device is left open: a setting names it.')
  const path = plainPath(source)
  if (MEMORY.test(path)) return critical("It can read and change the host's memory.")
  if (DISKS.test(path)) return critical('It can read and overwrite a whole disk of the host.')
  if (path === '/dev/fuse') {
    return medium('It can offer file systems of its own (FUSE) to the host.')
  }
  if (path === '/dev/net/tun') return high('It can make network interfaces and redirect traffic.')
  if (path === '/dev/kvm') return high('It can run virtual machines on the host.')
  if (HARMLESS.test(path)) return low('This device holds nothing.')
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
