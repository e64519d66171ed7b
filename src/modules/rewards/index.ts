export { createRewards, type Rewards } from './rewards.ts';
export { rewardRoutes } from './routes.ts';
