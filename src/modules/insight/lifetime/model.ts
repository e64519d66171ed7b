import type { Histories } from './history.ts';

/** A sum and how it changes with each parameter. */
export interface Slope {
  value: number;
  gradient: Float64Array;
}

/** One customer's past: bought again x times, last after `last` weeks, watched for `age` weeks. */
export interface Past {
  x: number;
  last: number;
  age: number;
}

/** A model of when customers buy again, and when they are lost. Parameters are above 0; weeks throughout. */
export interface PurchaseModel {
  readonly name: ModelName;
  readonly parameters: readonly string[];
  /** Where the search begins, each of them. */
  readonly starts: readonly (readonly number[])[];
  /** Makes the log-likelihood of all, and its gradient, a function of the parameters. */
  logLikelihood(h: Histories): (parameters: ArrayLike<number>) => Slope;
  /** The probability that somebody with this past is still a customer. */
  alive(parameters: ArrayLike<number>, past: Past): number;
  /** How many more purchases are to be expected of somebody with this past in the next `weeks`. */
  expected(parameters: ArrayLike<number>, past: Past, weeks: number): number;
  /** How many purchases after the first are to be expected of somebody new in their first `weeks`. */
  expectedOfNew(parameters: ArrayLike<number>, weeks: number): number;
}

export const modelNames = ['bg-nbd', 'mbg-nbd', 'pareto-nbd'] as const;
export type ModelName = (typeof modelNames)[number];
