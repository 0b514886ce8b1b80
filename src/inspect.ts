/** Watches actors of any XState machine, in a process of their own, on the page of `plugin-flow ui --machine FILE --live`. */
export {
  type LiveInspector,
  type LiveInspectorOptions,
  liveInspector,
} from './live/liveInspector.ts'
