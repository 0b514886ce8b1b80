import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** Where something listens. An IPv6 address is without its brackets, a name in lower case. */
export interface Destination {
  hostname: string
  port: number
}

/**
 * Whether a list such as `NO_PROXY` excepts a destination, as Go reads it: names with what is below
 * them, `.name` and `*.name` without the name itself, IP addresses, each of them with `:PORT` where only
 * that port is meant, networks as `10.0.0.0/8`, and `*` for everything.
 *
 * Source: golang.org/x/net/http/httpproxy, `Config.NoProxy`.
 */
export function isExcepted(destination: Destination, noProxy: string): boolean {
  return noProxy.split(',').some((entry) => fits(entry.trim().toLowerCase(), destination))
}

/** Go never takes a proxy to this host itself, whatever the variables say. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname.replace(/\.$/, '') === 'localhost' ||
    isWithin(hostname, '127.0.0.0', 8) ||
    isWithin(hostname, '::1')
  )
}

function fits(entry: string, { hostname, port }: Destination): boolean {
  if (entry === '*') return true
  const [, network = '', bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? []
  if (bits !== undefined) return isWithin(hostname, network, Number(bits))
  // Brackets are for an address with a port: without one Go takes them for a part of a name.
  const [, bracketed, plain, only] = /^(?:\[([^\]]*)\](?=:)|([^:]*))(?::(\d*))?$/.exec(entry) ?? []
  const host = bracketed ?? plain ?? entry
  if (only && only !== String(port)) return false
  return isIP(host) ? isWithin(hostname, host) : isNamed(hostname, host.replace(/^\*\./, '.'))
}

function isNamed(hostname: string, name: string): boolean {
  if (name === '') return false
  const bare = name.replace(/^\./, '')
  const ascii = /^[\0-\x7f]*$/.test(bare) ? bare : domainToASCII(bare) || bare
  return hostname.endsWith(`.${ascii}`) || (bare === name && hostname === ascii)
}

/** @param bits of the network that count. Default: all, which is one address */
function isWithin(hostname: string, network: string, bits?: number): boolean {
  const [own, other] = [familyOf(hostname), familyOf(network)]
  if (own === undefined || other === undefined) return false
  const most = other === 'ipv4' ? 32 : 128
  if (bits !== undefined && bits > most) return false
  const networks = new BlockList()
  networks.addSubnet(network, bits ?? most, other)
  return networks.check(hostname, own)
}

function familyOf(hostname: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(hostname)
  return version === 0 ? undefined : `ipv${version as 4 | 6}`
}
