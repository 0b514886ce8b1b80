import type { Danger, Explanation } from './explainPrivilege.ts'

/** What the capabilities of capabilities(7) allow, as far as they endanger a host. */
const meanings: Readonly<Record<string, readonly [Danger, string]>> = {
  ALL: ['critical', 'It gets every capability there is: it is root on the host.'],
  SYS_ADMIN: ['critical', 'It can mount, and change most of the system: as good as root.'],
  SYS_MODULE: ['critical', 'It can load code into the kernel of the host.'],
  SYS_RAWIO: ['critical', 'It can read and write the memory and the ports of the machine.'],
  SYS_PTRACE: ['critical', 'It can read and control other processes.'],
  SYS_BOOT: ['critical', 'It can restart the host, and start another kernel.'],
  DAC_READ_SEARCH: ['critical', 'It can read every file, whatever its permissions say.'],
  DAC_OVERRIDE: ['high', 'It can read and change files, whatever their permissions say.'],
  MKNOD: ['high', 'It can make device files, for disks and memory too.'],
  BPF: ['critical', 'It can run programs in the kernel of the host.'],
  PERFMON: ['high', 'It can watch what the kernel and other processes do.'],
  NET_ADMIN: ['high', 'It can change interfaces, routes and the firewall.'],
  NET_RAW: ['high', 'It can read and forge network packets.'],
  SETUID: ['high', 'It can become any user.'],
  SETGID: ['high', 'It can join any group.'],
  SETFCAP: ['high', 'It can give capabilities to programs.'],
  SYS_TIME: ['medium', "It can set the host's clock, on which certificates and logs depend."],
  SYSLOG: ['medium', "It can read the kernel's messages and addresses."],
  SYS_CHROOT: ['medium', 'It can change its root directory.'],
  CHOWN: ['medium', 'It can give files to other users.'],
  FOWNER: ['medium', 'It can change permissions of files of others.'],
  KILL: ['medium', 'It can end processes of other users.'],
  SYS_RESOURCE: ['medium', 'It can pass over limits on memory, disk and processes.'],
  SYS_NICE: ['low', 'It can raise the priority of processes.'],
  IPC_LOCK: ['low', 'It can keep memory from being swapped out.'],
  NET_BIND_SERVICE: ['low', 'It can listen on ports below 1024.'],
}

/** By its name, with or without `CAP_`, in either case, as engines take it. */
export function explainCapability(name: string): Pick<Explanation, 'danger' | 'sentence'> {
  const known = meanings[name.toUpperCase().replace(/^CAP_/, '')]
  const [danger, sentence] = known ?? ['high', 'It lifts one of the limits of the kernel.']
  return { danger, sentence }
}
