/** Rollouts on BullMQ: many workers, with their records in Redis or PostgreSQL. */
export {
  openQueueRunner,
  type QueueRunner,
  type QueueRunnerOptions,
} from './rollout/queue/queueRunner.ts'
