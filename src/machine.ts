export { pluginInstallMachine } from '../machines/plugin-install/pluginInstallMachine.ts'
