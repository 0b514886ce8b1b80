export { type FlowSurroundings, flowEvents } from './events/flowEvents.ts'
