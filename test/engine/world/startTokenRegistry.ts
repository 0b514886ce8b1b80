import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate, startRegistry } from './startRegistry.ts'
import type { Registry, World } from './startWorld.ts'
import { startTokenServer, type TokenAccount, type TokenServer } from './tokenServer.ts'

/** A registry that sends its clients to a token server first. Its content is the world's. */
export interface TokenRegistry extends Registry {
  readonly tokens: TokenServer
  close(): Promise<void>
}

/** Starts a token server, and a TLS registry that trusts it and that the world's engine trusts. */
export async function startTokenRegistry(
  world: World,
  account: TokenAccount,
): Promise<TokenRegistry> {
  const folder = mkdtempSync(join(world.folder, 'token-'))
  const files = await makeCertificate(folder)
  const parties = { issuer: 'world', service: 'registry' }
  const tokens = await startTokenServer({ ...files, ...parties }, account)
  let end = async () => {}
  try {
    const token = { ...parties, realm: tokens.realm, rootcertbundle: files.certificate }
    const options = { store: join(world.folder, 'registry'), certificate: files, token }
    const { address } = await startRegistry(folder, 'token', options, (_owned, stop) => {
      end = stop
    })
    const trusted = join(world.folder, 'etc', 'certs.d', address)
    mkdirSync(trusted, { recursive: true })
    copyFileSync(files.certificate, join(trusted, 'ca.crt'))
    return {
      address,
      tokens,
      close: async () => {
        await Promise.all([end(), tokens.close()])
      },
    }
  } catch (error) {
    await Promise.all([end(), tokens.close()])
    throw error
  }
}
