export { type Rewards, createRewards } from './rewards.ts';
export { rewardRoutes } from './routes.ts';
