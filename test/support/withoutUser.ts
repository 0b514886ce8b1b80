import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

/** As in a container whose user the system's list does not have. */
export async function withoutUser(act: () => Promise<void>): Promise<void> {
  const { userInfo } = os
  os.userInfo = () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ERR_SYSTEM_ERROR' })
  }
  syncBuiltinESMExports()
  try {
    await act()
  } finally {
    os.userInfo = userInfo
    syncBuiltinESMExports()
  }
}
