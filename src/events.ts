export { type FlowEventsOptions, flowEvents } from './events/flowEvents.ts'
